use super::*;

fn folder(path: &Path) -> Storage {
    Storage::open(Location::Folder(path.to_owned()), &AwsVariables::default()).unwrap()
}

#[tokio::test]
async fn a_folder_is_made_when_it_is_missing_and_takes_the_object() {
    let outer = tempfile::tempdir().unwrap();
    let inner = outer.path().join("a/objects");
    folder(&inner).put("7.txt", "7").await.unwrap();
    assert_eq!(std::fs::read_to_string(inner.join("7.txt")).unwrap(), "7");
    folder(&inner).put("7.txt", "again").await.unwrap();
    assert_eq!(std::fs::read_to_string(inner.join("7.txt")).unwrap(), "again");
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_an_error_until_it_can() {
    let outer = tempfile::tempdir().unwrap();
    let inner = outer.path().join("objects");
    std::fs::write(&inner, "a file").unwrap();
    let storage = folder(&inner);
    storage.put("7.txt", "7").await.unwrap_err();
    std::fs::remove_file(&inner).unwrap();
    storage.put("7.txt", "7").await.unwrap();
}
