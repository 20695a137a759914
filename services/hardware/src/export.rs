//! The catalogue as CSV, page by page, in a form that [`crate::import`] reads back unchanged.

use bytes::Bytes;
use tokio::sync::mpsc::Sender;

use crate::{
    db::Db,
    domain::filter::Filter,
    import::{NAMES, cells::neutralised},
    store::{
        StoreError,
        hardware::{self, Item},
    },
};

/// Rows read at once.
const PAGE: i64 = 500;

/// Sends the whole catalogue, header first. Ends early, without an error, when nobody takes it any more.
///
/// # Errors
/// The database cannot be reached; what was sent before is not all there is.
pub async fn catalogue(db: &Db, sink: &Sender<Result<Bytes, StoreError>>) -> Result<(), StoreError> {
    let mut page = Page::new();
    page.write(&NAMES.map(str::to_owned));
    let mut after_id = 0;
    loop {
        let items = hardware::list(&mut db.read().await?.conn(), &Filter::default(), after_id, PAGE).await?;
        items.iter().for_each(|item| page.write(&cells(item)));
        let Some(last) = items.last() else { break };
        after_id = last.id;
        if sink.send(Ok(page.take())).await.is_err() {
            return Ok(());
        }
    }
    // A send that fails means that nobody takes it any more, and there is nothing left to send.
    let _ = sink.send(Ok(page.take())).await;
    Ok(())
}

fn cells(item: &Item) -> [String; NAMES.len()] {
    let hardware = &item.hardware;
    [
        hardware.provider.clone(),
        hardware.name.clone(),
        hardware.capacity.to_string(),
        hardware.buffer_s.to_string(),
        hardware.tz.map_or_else(String::new, |tz| tz.name().to_owned()),
        hardware.category.clone(),
        hardware.location.clone(),
        hardware.description.clone(),
        hardware.tags.as_slice().join(";"),
    ]
}

/// Rows written but not yet sent.
struct Page(csv::Writer<Vec<u8>>);

impl Page {
    fn new() -> Self {
        Self(csv::Writer::from_writer(Vec::new()))
    }

    fn write(&mut self, cells: &[String; NAMES.len()]) {
        // A Vec takes everything, and all rows have the same length: there is nothing to fail.
        let _ = self.0.write_record(cells.iter().map(|cell| neutralised(cell).into_owned()));
    }

    fn take(&mut self) -> Bytes {
        let full = std::mem::replace(&mut self.0, csv::Writer::from_writer(Vec::new()));
        full.into_inner().unwrap_or_default().into()
    }
}
