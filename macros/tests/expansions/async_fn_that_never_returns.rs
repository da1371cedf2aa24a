// #[recount::task]
// async fn serve(port: u16) -> ! {
//     loop {
//         accept(port).await;
//     }
// }

async fn serve(port: u16) -> ! {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Task, "serve", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::INFO
            ),
        );
        if let ::recount::__private::core::option::Option::Some(__recount_recording) = ::recount::__private::Call::recording(
            &mut __recount_call,
        ) {
            ::recount::__private::Probe::of(&port)
                .__recount_1_capture(
                    &port,
                    ::recount::__private::Recording::argument(
                        __recount_recording,
                        "port",
                    ),
                );
        }
        match ::recount::__private::future(
                __recount_call,
                async move {
                    if false {
                        return ::recount::__private::expected::<
                            ::recount::__private::Never,
                        >();
                    }
                    let port = port;
                    {
                        const _: () = ();
                        loop {
                            accept(port).await;
                        }
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
            .await
        {}
    }
}
