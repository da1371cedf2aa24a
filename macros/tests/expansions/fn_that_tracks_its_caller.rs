// #[recount::tool]
// #[track_caller]
// fn assert_open(door: &Door) {
//     assert!(door.is_open());
// }

#[track_caller]
fn assert_open(door: &Door) {
    {
        let mut __recount_call = ::recount::__private::Call::open(
            ::recount::__private::site!(
                Tool, "assert_open", ::recount::__private::core::module_path!(),
                ::recount::__private::Level::INFO
            ),
        );
        if let ::recount::__private::core::option::Option::Some(__recount_recording) = ::recount::__private::Call::recording(
            &mut __recount_call,
        ) {
            ::recount::__private::Probe::of(&door)
                .__recount_1_capture(
                    &door,
                    ::recount::__private::Recording::argument(
                        __recount_recording,
                        "door",
                    ),
                );
        }
        let __recount_guard = ::recount::__private::Call::guard(__recount_call);
        let door = door;
        {
            const _: () = ();
            assert!(door.is_open());
        }
    }
}
