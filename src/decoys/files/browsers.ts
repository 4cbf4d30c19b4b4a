import { chromeEncrypted } from '../chrome.ts'
import { levelDbLog } from '../leveldb.ts'
import { sqliteFile } from '../sqlite.ts'
import type { Scene } from '../scene.ts'

const CHROME = '.config/google-chrome'
/** Microseconds since 1601, as Chrome counts: a day in 2026. */
const CHROME_TIME = 13_420_000_000_000_000n

const binary = (secret: string): Buffer => Buffer.from(secret, 'latin1')

export function browsers(scene: Scene): void {
  chrome(scene)
  firefox(scene)
}

function chrome({ person, secrets, dice, put }: Scene): void {
  const site = `https://app.${person.organisation}.example/`
  put(
    `${CHROME}/Local State`,
    JSON.stringify({
      browser: { enabled_labs_experiments: [] },
      profile: { info_cache: { Default: { name: person.name, user_name: person.email } }, last_used: 'Default' },
      user_experience_metrics: { client_id2: dice.bytes(16).toString('hex') },
    }),
  )
  put(`${CHROME}/Default/Preferences`, JSON.stringify({ account_info: [{ email: person.email, full_name: person.name }], profile: { name: 'Person 1' } }))
  put(`${CHROME}/Default/Login Data`, sqliteFile([
    { name: 'meta', columns: 'key LONGVARCHAR NOT NULL UNIQUE PRIMARY KEY, value LONGVARCHAR', rows: [{ key: 'version', value: '41' }] },
    {
      name: 'logins',
      columns: 'origin_url VARCHAR NOT NULL, action_url VARCHAR, username_element VARCHAR, username_value VARCHAR, password_element VARCHAR, password_value BLOB, submit_element VARCHAR, signon_realm VARCHAR NOT NULL, date_created INTEGER NOT NULL, blacklisted_by_user INTEGER NOT NULL, scheme INTEGER NOT NULL, password_type INTEGER, times_used INTEGER, form_data BLOB, display_name VARCHAR, icon_url VARCHAR, federation_url VARCHAR, skip_zero_click INTEGER, generation_upload_status INTEGER, possible_username_pairs BLOB, id INTEGER PRIMARY KEY AUTOINCREMENT, date_last_used INTEGER NOT NULL DEFAULT 0, moving_blocked_for BLOB, date_password_modified INTEGER NOT NULL DEFAULT 0',
      rows: [{
        origin_url: site, action_url: `${site}login`, username_element: 'email', username_value: person.email, password_element: 'password',
        password_value: binary(secrets['chrome-login-data']),
        signon_realm: site, date_created: CHROME_TIME, blacklisted_by_user: 0, scheme: 0, password_type: 0, times_used: 14, date_last_used: CHROME_TIME,
      }],
    },
  ]), 0o600)
  put(`${CHROME}/Default/Cookies`, sqliteFile([{
    name: 'cookies',
    columns: 'creation_utc INTEGER NOT NULL, host_key TEXT NOT NULL, top_frame_site_key TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, encrypted_value BLOB NOT NULL, path TEXT NOT NULL, expires_utc INTEGER NOT NULL, is_secure INTEGER NOT NULL, is_httponly INTEGER NOT NULL, last_access_utc INTEGER NOT NULL, has_expires INTEGER NOT NULL, is_persistent INTEGER NOT NULL, priority INTEGER NOT NULL, samesite INTEGER NOT NULL, source_scheme INTEGER NOT NULL, source_port INTEGER NOT NULL, last_update_utc INTEGER NOT NULL',
    rows: [{
      creation_utc: CHROME_TIME, host_key: `.${person.organisation}.example`, top_frame_site_key: '', name: 'session', value: '',
      encrypted_value: binary(secrets['chrome-cookie-store']), path: '/', expires_utc: CHROME_TIME + 31_536_000_000_000n,
      is_secure: 1, is_httponly: 1, last_access_utc: CHROME_TIME, has_expires: 1, is_persistent: 1, priority: 1, samesite: 1, source_scheme: 2,
      source_port: 443, last_update_utc: CHROME_TIME,
    }],
  }]), 0o600)
  put(`${CHROME}/Default/Web Data`, sqliteFile([
    {
      name: 'autofill',
      columns: 'name VARCHAR, value VARCHAR, value_lower VARCHAR, date_created INTEGER DEFAULT 0, date_last_used INTEGER DEFAULT 0, count INTEGER DEFAULT 1',
      rows: [{ name: 'email', value: person.email, value_lower: person.email }],
    },
    {
      name: 'credit_cards',
      columns: 'guid VARCHAR PRIMARY KEY, name_on_card VARCHAR, expiration_month INTEGER, expiration_year INTEGER, card_number_encrypted BLOB, date_modified INTEGER NOT NULL DEFAULT 0',
      rows: [{
        guid: dice.bytes(16).toString('hex'), name_on_card: person.name, expiration_month: 4, expiration_year: 2029,
        card_number_encrypted: chromeEncrypted('4111111111111111'),
      }],
    },
  ]), 0o600)
  put(
    `${CHROME}/Default/History`,
    sqliteFile([{
      name: 'urls',
      columns: 'id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER DEFAULT 0 NOT NULL, typed_count INTEGER DEFAULT 0 NOT NULL, last_visit_time INTEGER NOT NULL, hidden INTEGER DEFAULT 0 NOT NULL',
      rows: [{ url: site, title: 'Dashboard', visit_count: 41, last_visit_time: CHROME_TIME }],
    }]),
    0o600,
  )
  put(`${CHROME}/Default/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn/000003.log`, levelDbLog([
    [
      'data',
      JSON.stringify({ KeyringController: { vault: JSON.stringify({
        data: secrets['metamask-vault'], iv: dice.bytes(16).toString('base64'), keyMetadata: { algorithm: 'PBKDF2', params: { iterations: 600_000 } },
        salt: dice.bytes(32).toString('base64'),
      }) } }),
    ],
  ]), 0o600)
  put(`${CHROME}/Default/Local Extension Settings/nkbihfbeogaeaoehlefnkodbefgpgknn/CURRENT`, 'MANIFEST-000001\n')
}

function firefox({ person, secrets, dice, put }: Scene): void {
  const profile = `${dice.chars('abcdefghijklmnopqrstuvwxyz0123456789', 8)}.default-release`
  const folder = `.mozilla/firefox/${profile}`
  put(
    '.mozilla/firefox/profiles.ini',
    `[Profile0]\nName=default-release\nIsRelative=1\nPath=${profile}\nDefault=1\n\n[General]\nStartWithLastProfile=1\nVersion=2\n`,
  )
  put(`${folder}/logins.json`, JSON.stringify({
    nextId: 2, version: 3, logins: [{
      id: 1, hostname: `https://mail.${person.organisation}.example`, httpRealm: null, formSubmitURL: '', usernameField: 'user', passwordField: 'pass',
      encryptedUsername: Buffer.concat([Buffer.from('3042041000f8000000000000000000000000000130', 'hex'), dice.bytes(40)]).toString('base64'),
      encryptedPassword: Buffer.concat([Buffer.from('3042041000f8000000000000000000000000000130', 'hex'), binary(secrets['firefox-login'])]).toString('base64'),
      encType: 1, timesUsed: 7,
    }],
  }), 0o600)
  put(`${folder}/key4.db`, sqliteFile([
    {
      name: 'metaData', columns: 'id PRIMARY KEY UNIQUE ON CONFLICT REPLACE, item1, item2',
      rows: [{ id: 'password', item1: dice.bytes(32), item2: dice.bytes(110) }],
    },
    {
      name: 'nssPrivate', columns: 'id PRIMARY KEY UNIQUE ON CONFLICT ABORT, a0, a1, a11, a102',
      rows: [{
        id: 1, a0: Buffer.from([0, 0, 0, 4]), a1: Buffer.from([1]), a11: binary(secrets['firefox-key']),
        a102: Buffer.from('f8000000000000000000000000000001', 'hex'),
      }],
    },
  ]), 0o600)
  put(
    `${folder}/cookies.sqlite`,
    sqliteFile([{
      name: 'moz_cookies',
      columns: 'id INTEGER PRIMARY KEY, originAttributes TEXT NOT NULL DEFAULT \'\', name TEXT, value TEXT, host TEXT, path TEXT, expiry INTEGER, lastAccessed INTEGER, creationTime INTEGER, isSecure INTEGER, isHttpOnly INTEGER',
      rows: [{
        name: 'user_session', value: secrets['firefox-cookie'], host: 'github.com', path: '/', expiry: 1_830_000_000, lastAccessed: 1_789_000_000,
        creationTime: 1_780_000_000, isSecure: 1, isHttpOnly: 1,
      }],
    }]),
    0o600,
  )
}
