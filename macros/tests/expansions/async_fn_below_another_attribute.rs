// #[recount::workflow(name = "serve")]
// #[tokio::main]
// async fn main() {
//     serve().await;
// }

#[tokio::main]
async fn main() {
    {
        let __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Workflow, "serve", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::INFO
            ),
        );
        #[allow(clippy::async_yields_async)]
        return ::recount::__private::future(
                __recount_call,
                async move {
                    if false {
                        return ::recount::__private::expected::<()>();
                    }
                    {
                        const _: () = ();
                        serve().await;
                    }
                },
                #[allow(clippy::result_large_err)]
                |__recount_call, __recount_out| {
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
            )
            .await;
    }
}
