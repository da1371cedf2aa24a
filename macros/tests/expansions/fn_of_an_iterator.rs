// #[recount::retrieval(data_source = "wiki")]
// fn passages(query: &str) -> impl Iterator<Item = Passage> + use<> {
//     index().search(query)
// }

fn passages(query: &str) -> impl Iterator<Item = Passage> + use<> {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Retrieval, "passages", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::INFO
            ),
        );
        if let ::recount::__private::core::option::Option::Some(__recount_recording) = ::recount::__private::Call::recording(
            &mut __recount_call,
        ) {
            ::recount::__private::Probe::of(&query)
                .__recount_1_capture(
                    &query,
                    ::recount::__private::Recording::argument(
                        __recount_recording,
                        "query",
                    ),
                );
            match &("wiki") {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::field(
                                __recount_recording,
                                ::recount::__private::Field::DataSource,
                            ),
                        )
                }
            }
        }
        let __recount_out = ::recount::__private::Call::run(
            &mut __recount_call,
            move || -> _ {
                let query = query;
                {
                    const _: () = ();
                    index().search(query)
                }
            },
        );
        return ::recount::__private::iterator(
            __recount_call,
            __recount_out,
            |__recount_recording, __recount_value: &Passage| match ::recount::__private::Split::of(
                    __recount_value,
                )
                .__recount_1_split(__recount_value)
            {
                ::recount::__private::core::result::Result::Ok(__recount_value) => {
                    ::recount::__private::Probe::of(__recount_value)
                        .__recount_1_capture(
                            __recount_value,
                            ::recount::__private::Recording::output(__recount_recording),
                        )
                }
                ::recount::__private::core::result::Result::Err(__recount_error) => {
                    ::recount::__private::Fault::of(__recount_error)
                        .__recount_1_fault(__recount_error, __recount_recording)
                }
            },
        );
    }
}
