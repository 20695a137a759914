//! `hardware database`: what an administrator of MySQL does for a customer.

use std::time::{Duration, Instant};

use anyhow::anyhow;
use chassis::config::{ConfigError, Secret};

use super::{DatabaseCommand, Exit, write_stdout};
use crate::{
    config::{Config, Database, MySqlConfig},
    db::{
        Admin, PasswordSet, Rights, SchemaFound, SchemaName, UserName, WANTED, describe, is_away,
        is_missing_user,
    },
    readiness,
};

/// Passwords that everybody tries first.
const PLACEHOLDERS: [&str; 4] = ["mysql", "temp123", "changeme", "password"];
/// MySQL takes no longer one.
const MAX_PASSWORD_BYTES: usize = 256;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long all of it may take, once the server is there: two minutes more than another one's turn.
const LIMIT: Duration = Duration::from_secs(180);

/// Does what `command` says; a line on stdout for each thing that was done or found.
///
/// # Errors
/// A name or a setting is wrong, or MySQL refused something.
pub async fn run(command: DatabaseCommand, config: &Config) -> anyhow::Result<Exit> {
    let site = Site::of(config)?;
    let wait = match &command {
        DatabaseCommand::Ensure { wait, .. } => Duration::from_secs(*wait),
        _ => Duration::ZERO,
    };
    let late = || Err(anyhow!("{} does not answer", site.place));
    tokio::time::timeout(LIMIT.saturating_add(wait), site.does(command, wait))
        .await
        .unwrap_or_else(|_| late())
}

/// The server that is worked on.
struct Site {
    mysql: Box<MySqlConfig>,
    place: String,
}

impl Site {
    async fn does(&self, command: DatabaseCommand, wait: Duration) -> anyhow::Result<Exit> {
        match command {
            DatabaseCommand::Ensure { database, user, .. } => {
                let schema = SchemaName::new(&database).map_err(|why| ConfigError::key("--database", why))?;
                self.ensure(&schema, &self.user(&user)?, self.password()?, wait).await
            }
            DatabaseCommand::Rotate { user } => self.rotate(&self.user(&user)?, self.password()?).await,
            DatabaseCommand::Discard { user } => {
                let kept = if self.mysql.app_password.is_empty() { None } else { Some(self.password()?) };
                self.discard(&self.user(&user)?, kept).await
            }
        }
    }

    fn of(config: &Config) -> anyhow::Result<Self> {
        let database = config.database()?;
        let place = readiness::place(&database);
        match database {
            Database::MySql(mysql) => Ok(Self { mysql, place }),
            Database::MySqlUrl(_) => {
                let why =
                    "is not read here; name the administrator in MYSQL_HOST, MYSQL_USER and MYSQL_PASSWORD";
                Err(ConfigError::key("DATABASE_URL", why).into())
            }
            Database::Sqlite(_) => Err(anyhow!(
                "{place} has no users; `hardware database` is for MySQL: set MYSQL_HOST, MYSQL_USER and MYSQL_PASSWORD to its administrator"
            )),
        }
    }

    fn user(&self, name: &str) -> Result<UserName, ConfigError> {
        let wrong = |why| ConfigError::key("--user", why);
        let user = UserName::new(name).map_err(wrong)?;
        if name == self.admin() {
            let why = format!(
                "`{name}` is the administrator in MYSQL_USER; it must be the customer's user, such as customer_a"
            );
            return Err(wrong(why));
        }
        Ok(user)
    }

    /// As `[mysql]` has it where nothing is set.
    fn admin(&self) -> &str {
        if self.mysql.user.is_empty() { "mysql" } else { &self.mysql.user }
    }

    fn password(&self) -> Result<&Secret, ConfigError> {
        let password = &self.mysql.app_password;
        let wrong = |why| Err(ConfigError::key("APP_PASSWORD", why));
        let text = password.reveal();
        if text.trim().is_empty() {
            return wrong(
                "is empty; it must be the user's own password, or APP_PASSWORD_FILE name a file with it",
            );
        }
        if PLACEHOLDERS.iter().any(|placeholder| text.trim().eq_ignore_ascii_case(placeholder)) {
            return wrong("is a placeholder; it must be a password of the user's own, made at random");
        }
        if text.len() > MAX_PASSWORD_BYTES || text.contains('\0') {
            return wrong("must be at most 256 bytes long, none of them 0");
        }
        Ok(password)
    }

    async fn ensure(
        &self,
        schema: &SchemaName,
        user: &UserName,
        password: &Secret,
        wait: Duration,
    ) -> anyhow::Result<Exit> {
        let mut admin = self.connect(wait).await?;
        let tell = |error| self.tell(user, &error);
        let found = admin.ensure_schema(schema).await.map_err(tell)?;
        say(&format!("schema {}: {}", schema.as_str(), told_schema(&found)))?;
        admin.take_turn(user).await.map_err(tell)?;
        if admin.create_user(user, password).await.map_err(tell)? {
            say(&format!("user {}: created", user.as_str()))?;
        } else {
            say(&format!("user {}: there already", user.as_str()))?;
            let set = admin.set_password(user, password).await.map_err(tell)?;
            say(&told_password(user, set))?;
        }
        let rights = admin.ensure_rights(user, schema).await.map_err(tell)?;
        admin.close().await;
        say_rights(user, schema, &rights)
    }

    async fn rotate(&self, user: &UserName, password: &Secret) -> anyhow::Result<Exit> {
        let mut admin = self.connect(Duration::ZERO).await?;
        admin.take_turn(user).await.map_err(|error| self.tell(user, &error))?;
        let set = admin.set_password(user, password).await.map_err(|error| self.tell(user, &error))?;
        admin.close().await;
        say(&told_password(user, set))
    }

    async fn discard(&self, user: &UserName, kept: Option<&Secret>) -> anyhow::Result<Exit> {
        let mut admin = self.connect(Duration::ZERO).await?;
        admin.take_turn(user).await.map_err(|error| self.tell(user, &error))?;
        if let Some(kept) = kept
            && !admin.logs_in(user, kept).await.map_err(|error| self.tell(user, &error))?
        {
            let why = format!(
                "does not log in user {}; nothing was discarded: run `hardware database rotate` first",
                user.as_str()
            );
            return Err(ConfigError::key("APP_PASSWORD", why).into());
        }
        admin.discard(user, kept).await.map_err(|error| self.tell(user, &error))?;
        admin.close().await;
        say(&format!("password of {}: one is good, and no former one", user.as_str()))
    }

    /// The administrator's connection. A server that is not there yet is waited for: a job may start beside it.
    async fn connect(&self, wait: Duration) -> anyhow::Result<Admin> {
        let started = Instant::now();
        let mut told = false;
        loop {
            match Admin::connect(&self.mysql).await {
                Ok(admin) => return Ok(admin),
                Err(error) if is_away(&error) && started.elapsed() < wait => {
                    if !told {
                        eprintln!(
                            "hardware: {}; waiting up to {} s",
                            describe(&error, &self.place),
                            wait.as_secs()
                        );
                        told = true;
                    }
                }
                Err(error) => return Err(anyhow!(describe(&error, &self.place))),
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    fn tell(&self, user: &UserName, error: &sqlx::Error) -> anyhow::Error {
        if is_missing_user(error) {
            let user = user.as_str();
            return anyhow!("{}: there is no user {user}; `hardware database ensure` makes it", self.place);
        }
        anyhow!(describe(error, &self.place))
    }
}

fn told_schema(found: &SchemaFound) -> String {
    match found {
        SchemaFound::Created => "created".to_owned(),
        SchemaFound::There => "there already".to_owned(),
        SchemaFound::Collated(was) => {
            format!(
                "there already; new tables are utf8mb4_0900_bin now, no longer {was}; those that are there stay as they are"
            )
        }
    }
}

fn told_password(user: &UserName, set: PasswordSet) -> String {
    let told = match set {
        PasswordSet::Good => "good already",
        PasswordSet::Changed => "changed; the former one is good too, until `hardware database discard`",
        PasswordSet::Replaced => {
            "changed; the former one was empty or of another kind, and is not good any more"
        }
    };
    format!("password of {}: {told}", user.as_str())
}

/// Rights that had to be left on the schema are a failure; others are told, and are the administrator's business.
fn say_rights(user: &UserName, schema: &SchemaName, rights: &Rights) -> anyhow::Result<Exit> {
    let (user, schema) = (user.as_str(), schema.as_str());
    let done = if rights.granted { "granted" } else { "there already" };
    say(&format!("rights of {user} on {schema}: {done}: {}", WANTED.join(", ")))?;
    for revoked in &rights.revoked {
        say(&format!("rights of {user}: revoked: {revoked}"))?;
    }
    match &rights.others {
        None => say(&format!(
            "rights of {user}: not looked through for others: the administrator has no SELECT on mysql.*"
        ))?,
        Some(others) => {
            for other in others {
                eprintln!(
                    "hardware: user {user} may do more than it needs; revoke it unless it is meant: {other}"
                );
            }
            Exit::Ok
        }
    };
    for kept in &rights.kept {
        eprintln!("hardware: user {user} may do too much, and the administrator may not revoke it: {kept}");
    }
    Ok(if rights.kept.is_empty() { Exit::Ok } else { Exit::Failed })
}

fn say(line: &str) -> anyhow::Result<Exit> {
    Ok(write_stdout(format!("{line}\n").as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(password: &str) -> Site {
        let env = [("MYSQL_HOST", "db"), ("MYSQL_USER", "admin"), ("APP_PASSWORD", password)];
        let env = env.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Site::of(&Config::load(env).unwrap()).unwrap()
    }

    #[test]
    fn placeholders_are_no_passwords() {
        for password in ["", " ", "mysql", "MySQL", "temp123", "ChangeMe", "PASSWORD", " password\n"] {
            let told = site(password).password().unwrap_err().to_string();
            assert!(told.starts_with("APP_PASSWORD: is ") && !told.contains('\n'), "{password:?}: {told}");
        }
        let long = "ä".repeat(129);
        assert!(site(&long).password().unwrap_err().to_string().contains("at most 256 bytes"));
        for password in ["x", "mysql1", "'\\\"$`\u{1f511}", &long[..256]] {
            assert_eq!(site(password).password().unwrap().reveal(), password);
        }
    }

    #[test]
    fn the_administrator_is_not_a_customers_user() {
        let told = site("x").user("admin").unwrap_err().to_string();
        assert!(told.starts_with("--user: `admin` is the administrator in MYSQL_USER"), "{told}");
        assert_eq!(site("x").user("customer_a").unwrap().as_str(), "customer_a");
    }
}
