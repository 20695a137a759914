//! Files of certificate authorities.

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

/// The authorities in a PEM file. Those of kinds that are not known here are left out, as everywhere.
pub fn read(path: &str) -> Result<RootCertStore, String> {
    let found = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut store = RootCertStore::empty();
    let (taken, _) = store.add_parsable_certificates(found.map_err(|why| why.to_string())?);
    if taken == 0 { Err("it has no certificate in PEM".to_owned()) } else { Ok(store) }
}
