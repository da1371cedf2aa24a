use std::path::Path;

use crate::convert::semconv::resource;
use crate::wire::Resource;

/// What is known of the process without being told.
///
/// The id of the instance is random: nothing else tells two processes of one service on one machine apart.
pub(super) fn default() -> Resource {
    let mut resource = Resource::default();
    resource.set(resource::SERVICE_NAME, format!("unknown_service:{}", executable()));
    resource.set(resource::SERVICE_INSTANCE, random_uuid());
    resource.set(resource::SDK_NAME, env!("CARGO_PKG_NAME"));
    resource.set(resource::SDK_LANGUAGE, "rust");
    resource.set(resource::SDK_VERSION, env!("CARGO_PKG_VERSION"));
    resource
}

/// The file's name without its extension, as OpenTelemetry's other languages have it; `rust` where even that
/// is not known.
fn executable() -> String {
    let path = std::env::current_exe().ok();
    let name = path.as_deref().and_then(Path::file_stem);
    name.map_or_else(|| "rust".into(), |name| name.to_string_lossy().into_owned())
}

/// A UUID of version 4.
///
/// By hand, since it is the only one: a crate for it would be one more to trust.
fn random_uuid() -> String {
    const VERSION: u128 = 4 << 76;
    const VARIANT: u128 = 2 << 62;
    let random = rand::random::<u128>() & !(0xf << 76) & !(0b11 << 62) | VERSION | VARIANT;
    let hex = format!("{random:032x}");
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_instance_has_a_random_uuid_of_version_4() {
        let uuid = super::random_uuid();
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(&uuid[14..15], "4");
        assert!("89ab".contains(&uuid[19..20]), "{uuid}");
        assert_ne!(uuid, super::random_uuid());
    }
}
