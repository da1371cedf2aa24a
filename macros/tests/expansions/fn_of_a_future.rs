// #[recount::tool]
// fn fetch<'a>(
//     &'a self,
//     url: &'a str,
// ) -> impl Future<Output = Result<Page, Error>> + Send + 'a {
//     self.client.get(url)
// }

fn fetch<'a>(
    &'a self,
    url: &'a str,
) -> impl Future<Output = Result<Page, Error>> + Send + 'a {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Tool, "fetch", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::INFO
            ),
        );
        if let ::recount::__private::core::option::Option::Some(__recount_recording) = ::recount::__private::Call::recording(
            &mut __recount_call,
        ) {
            ::recount::__private::Probe::of(&url)
                .__recount_1_capture(
                    &url,
                    ::recount::__private::Recording::argument(__recount_recording, "url"),
                );
        }
        let __recount_out = ::recount::__private::Call::run(
            &mut __recount_call,
            move || -> _ {
                let _ = &self;
                let url = url;
                {
                    const _: () = ();
                    self.client.get(url)
                }
            },
        );
        return ::recount::__private::future(
            __recount_call,
            __recount_out,
            |__recount_call, __recount_out| {
                let __recount_out: Result<Page, Error> = __recount_out;
                ::recount::__private::Awaited::of(&__recount_out)
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
                                            ::recount::__private::Probe::of(__recount_value)
                                                .__recount_1_capture(
                                                    __recount_value,
                                                    ::recount::__private::Recording::output(__recount_recording),
                                                )
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
                    )
            },
        );
    }
}
