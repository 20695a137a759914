//! A bucket of S3, as the `AWS_*` variables describe it.

use std::{collections::BTreeMap, fmt, fs, sync::Arc, time::Duration};

use chassis::config::ConfigError;
use object_store::{BackoffConfig, ObjectStore, RetryConfig, aws::AmazonS3Builder};
use rustls::RootCertStore;

use super::{
    StorageError, authorities,
    client::{Connector, is_true},
};

/// Further attempts after the first.
const RETRIES: usize = 2;
/// After this long no further attempt is made.
const RETRY_TIMEOUT: Duration = Duration::from_secs(2);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// These may stand in files, as every secret may: `AWS_SECRET_ACCESS_KEY_FILE`.
const SECRETS: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// A file with the authorities to trust: AWS's own tools read the first, everything that uses OpenSSL the second.
const AUTHORITIES: [&str; 2] = ["AWS_CA_BUNDLE", "SSL_CERT_FILE"];

/// The `AWS_*` variables, and `SSL_CERT_FILE`. Some are secret, so none is shown.
#[derive(Clone, Default)]
pub struct AwsVariables(BTreeMap<String, String>);

impl AwsVariables {
    /// Picks them out of the environment. An empty one is not set: Compose passes unset variables as empty.
    ///
    /// # Errors
    /// The file of a secret cannot be read, or the secret is given twice.
    pub fn of(env: &BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let is_ours = |key: &str| key.starts_with("AWS_") || AUTHORITIES.contains(&key);
        let ours = env.iter().filter(|(key, value)| is_ours(key) && !value.is_empty());
        let mut found: BTreeMap<_, _> = ours.map(|(key, value)| (key.clone(), value.clone())).collect();
        for name in SECRETS {
            let key = format!("{name}_FILE");
            let Some(path) = found.remove(&key) else { continue };
            if found.contains_key(name) {
                return Err(ConfigError::key(key, format!("{name} is set as well; set one of them")));
            }
            let text = fs::read_to_string(&path)
                .map_err(|error| ConfigError::key(key, format!("cannot read {path}: {error}")))?;
            found.insert(name.to_owned(), text.trim().to_owned());
        }
        Ok(Self(found))
    }

    /// The variable that names an endpoint in plain HTTP without `AWS_ALLOW_HTTP`, if one does.
    #[must_use]
    pub fn plain_by_mistake(&self) -> Option<&'static str> {
        let meant = self.0.get("AWS_ALLOW_HTTP").is_some_and(|value| is_true(value));
        let plain = |key: &str| self.0.get(key).is_some_and(|url| url.starts_with("http://"));
        let mut endpoints = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"].into_iter();
        endpoints.find(|key| !meant && plain(key))
    }

    /// Whom to trust; nobody in particular where no file is named.
    fn authorities(&self) -> Result<Option<RootCertStore>, ConfigError> {
        let mut named = AUTHORITIES.into_iter().filter_map(|key| Some((key, self.0.get(key)?)));
        let Some((key, path)) = named.next() else { return Ok(None) };
        let read = authorities::read(path);
        read.map(Some).map_err(|why| ConfigError::key(key, format!("cannot read {path}: {why}")))
    }
}

impl fmt::Debug for AwsVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The bucket of that name. Nobody is asked yet.
pub fn bucket(name: String, aws: &AwsVariables) -> Result<Arc<dyn ObjectStore>, ConfigError> {
    let backoff =
        BackoffConfig { init_backoff: FIRST_PAUSE, max_backoff: LONGEST_PAUSE, ..BackoffConfig::default() };
    let retry = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: RETRY_TIMEOUT };
    let mut builder =
        AmazonS3Builder::new().with_retry(retry).with_http_connector(Connector::new(aws.authorities()?));
    for (key, value) in &aws.0 {
        // Other programs read AWS_* as well: what means nothing here may mean something to them.
        if let Ok(key) = key.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value);
        }
    }
    let built = builder.with_bucket_name(name).build();
    Ok(Arc::new(built.map_err(|why| ConfigError::key("AWS_*", StorageError::from(why).to_string()))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(env: &[(&str, &str)]) -> AwsVariables {
        AwsVariables::of(&env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()).unwrap()
    }

    #[test]
    fn plain_http_must_be_meant() {
        let plain = ("AWS_ENDPOINT_URL", "http://localhost:9000");
        assert_eq!(variables(&[plain]).plain_by_mistake(), Some("AWS_ENDPOINT_URL"));
        assert_eq!(variables(&[plain, ("AWS_ALLOW_HTTP", "TRUE")]).plain_by_mistake(), None);
        assert_eq!(variables(&[("AWS_ENDPOINT_URL", "https://s3")]).plain_by_mistake(), None);
        assert_eq!(variables(&[("AWS_ENDPOINT_URL", "")]).plain_by_mistake(), None);
    }

    #[test]
    fn variables_are_not_shown_and_those_of_others_do_not_matter() {
        let keys = [("AWS_ACCESS_KEY_ID", "AKIAhunter2"), ("AWS_SECRET_ACCESS_KEY", "hunter2")];
        let given = variables(&[keys[0], keys[1], ("AWS_PAGER", "less"), ("HOME", "/hunter2")]);
        assert!(!format!("{given:?}").contains("hunter2"));
        let store = bucket("b".to_owned(), &given).unwrap();
        assert_eq!(store.to_string(), "AmazonS3(b)");
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(&file, "hunter2\n").unwrap();
        let in_file = ("AWS_SECRET_ACCESS_KEY_FILE", file.path().to_str().unwrap());
        assert_eq!(variables(&[keys[0], in_file]).0[keys[1].0], "hunter2");
        // One half of a key is a mistake.
        assert!(bucket("b".to_owned(), &variables(&keys[..1])).is_err());
    }

    #[test]
    fn a_file_of_authorities_is_read_or_named() {
        let refused = |env: &[(&str, &str)]| bucket("b".to_owned(), &variables(env)).unwrap_err().to_string();
        let gone = ("SSL_CERT_FILE", "/nowhere/ca.pem");
        assert!(
            refused(&[gone]).starts_with("SSL_CERT_FILE: cannot read /nowhere/ca.pem: "),
            "{}",
            refused(&[gone])
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        let named = ("AWS_CA_BUNDLE", file.path().to_str().unwrap());
        fs::write(&file, "no certificate").unwrap();
        assert!(
            refused(&[gone, named]).ends_with("it has no certificate in PEM"),
            "{}",
            refused(&[gone, named])
        );
        assert!(variables(&[gone, ("AWS_CA_BUNDLE", "")]).authorities().is_err());
        assert!(variables(&[("SSL_CERT_FILE", "")]).authorities().unwrap().is_none());
    }
}
