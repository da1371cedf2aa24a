// #[recount::interaction(
//     user = user.id,
//     conversation = thread,
//     skip_all,
//     skip_output,
//     properties(plan = user.plan)
// )]
// async fn turn(user: &User, thread: &str, message: String) -> anyhow::Result<String> {
//     answer(message).await
// }

fn turn(
    user: &User,
    thread: &str,
    message: String,
) -> impl ::recount::__private::core::future::Future<Output = anyhow::Result<String>> {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Interaction, "turn", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::INFO
            ),
        );
        if let ::recount::__private::core::option::Option::Some(__recount_recording) = ::recount::__private::Call::recording(
            &mut __recount_call,
        ) {
            match &(user.id) {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::field(
                                __recount_recording,
                                ::recount::__private::Field::User,
                            ),
                        )
                }
            }
            match &(thread) {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::field(
                                __recount_recording,
                                ::recount::__private::Field::Conversation,
                            ),
                        )
                }
            }
            match &(user.plan) {
                __recount_value => {
                    ::recount::__private::TextProbe::of(__recount_value)
                        .__recount_1_capture_text(
                            __recount_value,
                            ::recount::__private::Recording::named(
                                __recount_recording,
                                ::recount::__private::Field::Property,
                                "plan",
                            ),
                        )
                }
            }
            ::recount::__private::Recording::identify(__recount_recording);
        }
        #[allow(clippy::async_yields_async)]
        return ::recount::__private::future(
            __recount_call,
            async move {
                if false {
                    return ::recount::__private::expected::<anyhow::Result<String>>();
                }
                let user = user;
                let _ = &user;
                let thread = thread;
                let _ = &thread;
                let message = message;
                {
                    const _: () = ();
                    answer(message).await
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
                                            let _ = __recount_value;
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
