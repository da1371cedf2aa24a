// #[recount::tool]
// /// Searches the shop.
// pub fn search(query: &str, mut limit: u32) -> Result<Vec<Hit>, SearchError> {
//     limit = limit.min(10);
//     find(query, limit)
// }

/// Searches the shop.
pub fn search(query: &str, limit: u32) -> Result<Vec<Hit>, SearchError> {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Tool, "search", ::recount::__private::core::module_path!(),
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
            ::recount::__private::Probe::of(&limit)
                .__recount_1_capture(
                    &limit,
                    ::recount::__private::Recording::argument(
                        __recount_recording,
                        "limit",
                    ),
                );
        }
        let __recount_out = ::recount::__private::Call::run(
            &mut __recount_call,
            move || -> Result<Vec<Hit>, SearchError> {
                let query = query;
                let mut limit = limit;
                {
                    const _: () = ();
                    limit = limit.min(10);
                    find(query, limit)
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
            );
    }
}
