// #[recount::agent(
//     capture(self, arg0),
//     debug(arg0),
//     version = "2",
//     level = "debug",
//     parent = None,
//     fields(area = width*height, "shop.id" = %self.id),
//     output = |plan|plan.steps.len()
// )]
// fn plan(
//     &mut self,
//     Size { width, height }: Size,
//     _seed: u64,
//     #[cfg(unix)]
//     root: &Path,
// ) -> Plan {
//     self.draw(width, height)
// }

fn plan(&mut self, arg0: Size, _seed: u64, #[cfg(unix)] root: &Path) -> Plan {
    {
        let mut __recount_call = ::recount::__private::Call::open_under(
            ::recount::__private::site!(
                Agent, "plan", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::DEBUG
            ),
            || None,
        );
        if let ::recount::__private::core::option::Option::Some(__recount_recording) = ::recount::__private::Call::recording(
            &mut __recount_call,
        ) {
            ::recount::__private::Probe::of(&self)
                .__recount_1_capture(
                    &self,
                    ::recount::__private::Recording::argument(
                        __recount_recording,
                        "self",
                    ),
                );
            ::recount::__private::debug_text(
                &arg0,
                ::recount::__private::Recording::argument(__recount_recording, "arg0"),
            );
            let Size { width, height } = &arg0;
            let _ = (&width, &height);
            match &("2") {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::field(
                                __recount_recording,
                                ::recount::__private::Field::Version,
                            ),
                        )
                }
            }
            match &(width * height) {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::named(
                                __recount_recording,
                                ::recount::__private::Field::Attribute,
                                "area",
                            ),
                        )
                }
            }
            match &(self.id) {
                __recount_value => {
                    ::recount::__private::display_text(
                        __recount_value,
                        ::recount::__private::Recording::named(
                            __recount_recording,
                            ::recount::__private::Field::Attribute,
                            "shop.id",
                        ),
                    )
                }
            }
        }
        let __recount_out = ::recount::__private::Call::run(
            &mut __recount_call,
            move || -> Plan {
                let _ = &self;
                let mut __recount_whole0 = arg0;
                let Size { width, height } = __recount_whole0;
                let _ = &width;
                let _ = &height;
                let _seed = match _seed {
                    __recount_whole1 => __recount_whole1,
                };
                #[cfg(unix)]
                let root = root;
                {
                    const _: () = ();
                    self.draw(width, height)
                }
            },
        );
        return ::recount::__private::Awaited::of(&__recount_out)
            .__recount_1_finish(
                __recount_call,
                __recount_out,
                #[allow(clippy::result_large_err)]
                |__recount_call, __recount_out| {
                    ::recount::__private::Returned::of(&__recount_out)
                        .__recount_1_finish(
                            __recount_call,
                            __recount_out,
                            |__recount_recording, __recount_value| match ::recount::__private::Split::of(
                                    __recount_value,
                                )
                                .__recount_1_split(__recount_value)
                            {
                                ::recount::__private::core::result::Result::Ok(
                                    __recount_value,
                                ) => {
                                    if ::recount::__private::Recording::reads_values(
                                        __recount_recording,
                                    ) {
                                        match &::recount::__private::project(
                                            __recount_value,
                                            |plan| plan.steps.len(),
                                        ) {
                                            __recount_value => {
                                                ::recount::__private::Probe::of(__recount_value)
                                                    .__recount_1_capture(
                                                        __recount_value,
                                                        ::recount::__private::Recording::output(__recount_recording),
                                                    )
                                            }
                                        }
                                    }
                                }
                                ::recount::__private::core::result::Result::Err(
                                    __recount_error,
                                ) => {
                                    ::recount::__private::Fault::of(__recount_error)
                                        .__recount_1_fault(__recount_error, __recount_recording)
                                }
                            },
                            |__recount_recording, __recount_error| {
                                ::recount::__private::Fault::of(__recount_error)
                                    .__recount_1_fault(__recount_error, __recount_recording)
                            },
                        )
                },
            );
    }
}
