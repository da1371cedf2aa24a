// #[recount::llm_span(
//     provider = "openai",
//     model = request.model,
//     input_messages = &request.messages,
//     err(Display)
// )]
// async fn complete(request: ChatRequest) -> Result<ChatResponse, ApiError> {
//     client().send(request).await
// }

fn complete(
    request: ChatRequest,
) -> impl ::recount::__private::core::future::Future<
    Output = Result<ChatResponse, ApiError>,
> {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Llm, "complete", ::recount::__private::core::module_path!(),
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
            match &("openai") {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::field(
                                __recount_recording,
                                ::recount::__private::Field::Provider,
                            ),
                        )
                }
            }
            match &(request.model) {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::field(
                                __recount_recording,
                                ::recount::__private::Field::RequestModel,
                            ),
                        )
                }
            }
            if ::recount::__private::Recording::content(__recount_recording) {
                match &(&request.messages) {
                    __recount_value => {
                        ::recount::__private::RequestProbe::of(__recount_value)
                            .__recount_1_capture(
                                __recount_value,
                                ::recount::__private::Recording::field(
                                    __recount_recording,
                                    ::recount::__private::Field::InputMessages,
                                ),
                            )
                    }
                }
            }
        }
        #[allow(clippy::async_yields_async)]
        return ::recount::__private::future(
            __recount_call,
            async move {
                if false {
                    return ::recount::__private::expected::<
                        Result<ChatResponse, ApiError>,
                    >();
                }
                let request = request;
                let _ = &request;
                {
                    const _: () = ();
                    client().send(request).await
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
                                            ::recount::__private::ResponseProbe::of(__recount_value)
                                                .__recount_1_capture(
                                                    __recount_value,
                                                    ::recount::__private::Recording::output(__recount_recording),
                                                )
                                        }
                                        ::recount::__private::core::result::Result::Err(
                                            __recount_error,
                                        ) => {
                                            ::recount::__private::fault_display(
                                                __recount_error,
                                                __recount_recording,
                                            )
                                        }
                                    },
                                    |__recount_recording, __recount_error| ::recount::__private::fault_display(
                                        __recount_error,
                                        __recount_recording,
                                    ),
                                )
                        },
                    )
            },
        );
    }
}
