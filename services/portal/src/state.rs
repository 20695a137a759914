//! What every page works with.

use std::time::Duration;

use chassis::Clock;
use chrono_tz::Tz;

use crate::{
    assets::Assets,
    config::Config,
    customer::Customer,
    flash::Signer,
    hardware_client::{HardwareClient, Timeouts},
    last_answers::LastAnswers,
    templates::Templates,
};

/// What the pages work with.
#[derive(Debug)]
pub struct App {
    /// The time.
    pub clock: Clock,
    /// The customer's zone.
    pub tz: Tz,
    /// The way to the hardware service.
    pub client: HardwareClient,
    /// The templates.
    pub templates: Templates,
    /// Whom the pages greet, and what they are called.
    pub customer: Customer,
    /// Stylesheets and mark.
    pub assets: Assets,
    /// Signs what the next page is to say.
    pub signer: Signer,
    /// To look at while the hardware service is away.
    pub last_answers: LastAnswers,
}

impl App {
    /// Sets up what the pages work with.
    ///
    /// # Errors
    /// A template that cannot be compiled, or an HTTP client that cannot be made.
    pub fn new(config: &Config, clock: Clock) -> anyhow::Result<Self> {
        let millis = Duration::from_millis;
        let hardware = &config.hardware;
        Ok(Self {
            clock,
            tz: config.tz()?,
            client: HardwareClient::new(
                config.hardware_url()?,
                Timeouts {
                    connect: millis(hardware.connect_timeout_ms),
                    read: millis(hardware.timeout_ms),
                    write: millis(hardware.write_timeout_ms),
                },
            )?,
            templates: Templates::load()?,
            customer: Customer::new(&config.customer),
            assets: Assets::new(config.customer.colours.stylesheet()?),
            signer: Signer::new(config.secret.reveal())?,
            last_answers: LastAnswers::default(),
        })
    }
}
