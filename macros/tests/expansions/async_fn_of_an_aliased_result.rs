// #[recount::llm_span]
// async fn stream(request: MessagesRequest) -> Answer<impl Stream<Item = Answer<Event>>> {
//     client().stream(request).await
// }

fn stream(
    request: MessagesRequest,
) -> impl ::recount::__private::core::future::Future<
    Output = Answer<impl Stream<Item = Answer<Event>>>,
> {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Llm, "stream", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::INFO
            ),
        );
        if let ::recount::__private::core::option::Option::Some(__recount_recording) = ::recount::__private::Call::recording(
            &mut __recount_call,
        ) {
            ::recount::__private::RequestProbe::of(&request)
                .__recount_1_capture(
                    &request,
                    ::recount::__private::Recording::argument(
                        __recount_recording,
                        "request",
                    ),
                );
        }
        #[allow(clippy::async_yields_async)]
        return ::recount::__private::future(
            __recount_call,
            async move {
                if false {
                    return ::recount::__private::expected::<Answer<_>>();
                }
                let request = request;
                {
                    const _: () = ();
                    client().stream(request).await
                }
            },
            #[allow(clippy::result_large_err)]
            |__recount_call, __recount_out| {
                ::recount::__private::AliasOfStream::of(
                        &__recount_out,
                        ::recount::__private::core::marker::PhantomData::<Answer<Event>>,
                    )
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
                                ::recount::__private::ResponseProbe::of(__recount_value)
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
