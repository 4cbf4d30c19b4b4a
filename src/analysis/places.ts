import { SOURCES } from './taint.ts'

/**
 * Places on a machine that matter to whoever attacks it: what reading them gives away, what writing to them starts.
 * Recognised by their tail, whatever stands for the home folder in front of it, with either kind of slash.
 */
export type PlaceKind =
  | 'credentials' | 'wallet' | 'browser' | 'messenger' | 'history' | 'cloud'
  | 'autostart' | 'shell-startup' | 'ssh-keys' | 'app-code' | 'package-code' | 'assistant' | 'ci' | 'system' | 'home' | 'temporary'

interface Known {
  kind: PlaceKind
  pattern: RegExp
}

const S = String.raw`[\\/]`
const known = (kind: PlaceKind, ...tails: readonly string[]): Known => ({ kind, pattern: new RegExp(tails.join('|'), 'i') })

/** The first that fits counts: the narrow ones stand before the wide ones. */
const PLACES: readonly Known[] = [
  known('ssh-keys', String.raw`\.ssh${S}authorized_keys`),
  known('app-code',
    'discord_desktop_core', String.raw`(?:AppData|Programs|Applications|opt|usr${S}(?:lib|share))${S}\S{0,160}app\.asar`, String.raw`(?:Exodus|atomic|Ledger Live|Electrum)\S{0,80}app\.asar`,
    String.raw`\.vscode(?:-server|-insiders)?${S}extensions(?![\w.])`, String.raw`\.cursor${S}extensions(?![\w.])`),
  known('wallet',
    String.raw`wallet\.dat`, String.raw`${S}(?:Exodus|Electrum|atomic|Ledger Live|Bitcoin|Ethereum|Litecoin|Dogecoin|Monero|Zcash|Guarda|Coinomi|Armory|bytecoin|Jaxx)${S}`,
    String.raw`\.(?:electrum|bitcoin|ethereum|monero|exodus)(?:${S}|$)`, String.raw`exodus\.wallet`, String.raw`keystore${S}UTC`, String.raw`solana${S}id\.json`,
    'nkbihfbeogaeaoehlefnkodbefgpgknn', 'bfnaelmomeimhlpmgjnjophhpkkoljpa', 'fhbohimaelbohpjbbldcngcnapndodjp', 'ejbalbakoplchlghecdalmeeeajnimhm',
    'hnfanknocfeofbddgcijnmhnfnkdnaad', 'ibnejdfjmmkpcnlpebklmnkoeoihofec', 'aeachknmefphepccionboohckonoeemg', 'egjidjbpglichdcondbcbdnbeeppgdph'),
  known('messenger',
    String.raw`(?:discord|discordcanary|discordptb|discorddevelopment|Lightcord)${S}(?:Local Storage|\S{0,40}leveldb)`, String.raw`Telegram Desktop${S}tdata`,
    String.raw`${S}tdata(?:${S}|$)`, String.raw`(?:Slack|Signal|Skype|WhatsApp|Element)${S}(?:Local Storage|storage|sql|IndexedDB|Cookies)`),
  known('browser',
    'Login Data', 'Web Data', String.raw`${S}Cookies$`, String.raw`Local State$`, String.raw`logins\.json`, String.raw`key[34]\.db`, String.raw`cookies\.sqlite`, String.raw`places\.sqlite`,
    String.raw`formhistory\.sqlite`, String.raw`signons\.sqlite`, String.raw`Local Extension Settings`, String.raw`User Data${S}?(?:Default|Profile|Local|$)`,
    String.raw`(?:Google${S}Chrome|BraveSoftware${S}Brave-Browser|Microsoft${S}Edge|Opera Software|Vivaldi|Yandex${S}YandexBrowser|Chromium)${S}(?:User Data|Opera)`,
    String.raw`\.mozilla${S}firefox`, String.raw`Firefox${S}Profiles`, String.raw`\.config${S}(?:google-chrome|chromium|BraveSoftware)`, String.raw`Local Storage${S}leveldb`),
  known('history', String.raw`\.(?:bash|zsh|sh|node_repl|python|mysql|psql|sqlite)_history`, String.raw`fish_history`, String.raw`ConsoleHost_history\.txt`),
  known('shell-startup', String.raw`\.(?:bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zprofile|zshenv|zlogin)(?![\w-])`, String.raw`etc${S}(?:profile|bash\.bashrc|zsh)`, String.raw`fish${S}config\.fish`, String.raw`\$PROFILE`, String.raw`PowerShell_profile\.ps1`),
  known('autostart',
    String.raw`Start Menu${S}Programs${S}Startup`, String.raw`CurrentVersion${S}+Run`, String.raw`LaunchAgents`, String.raw`LaunchDaemons`, String.raw`etc${S}systemd`, String.raw`systemd${S}(?:user|system)${S}`,
    String.raw`System32${S}Tasks`, String.raw`CurrentControlSet${S}Services`, String.raw`etc${S}cron`, String.raw`var${S}spool${S}cron`, String.raw`etc${S}init\.d`, String.raw`etc${S}rc\.local`, String.raw`\.config${S}autostart`, String.raw`etc${S}ld\.so\.preload`, String.raw`etc${S}xdg${S}autostart`,
    String.raw`${S}(?:sitecustomize|usercustomize)\.py$`),
  known('credentials',
    String.raw`\.npmrc`, String.raw`\.pypirc`, String.raw`\.netrc`, String.raw`_netrc`, String.raw`\.yarnrc`, String.raw`\.git-credentials`, String.raw`\.gitconfig`, String.raw`\.ssh(?:${S}|$)`, String.raw`\.gnupg`, String.raw`id_(?:rsa|dsa|ecdsa|ed25519)`,
    String.raw`\.aws(?:${S}|$)`, String.raw`\.azure(?:${S}|$)`, String.raw`\.kube(?:${S}|$)`, String.raw`\.docker${S}config`, String.raw`gcloud(?:${S}|$)`, String.raw`application_default_credentials`, String.raw`\.config${S}gh${S}`, String.raw`gh${S}hosts\.yml`,
    String.raw`\.config${S}hub`, String.raw`\.vault-token`, String.raw`\.terraform\.d`, String.raw`\.pgpass`, String.raw`\.my\.cnf`, String.raw`\.boto`, String.raw`\.s3cfg`, String.raw`\.dockercfg`, String.raw`\.cargo${S}credentials`, String.raw`\.gem${S}credentials`, String.raw`\.composer${S}auth`,
    String.raw`etc${S}shadow`, String.raw`etc${S}passwd`, String.raw`serviceaccount${S}token`, String.raw`\.env(?:\.(?:local|production|prod|dev|development|staging))?$`, String.raw`Windows${S}System32${S}config${S}SAM`, 'Keychains', String.raw`login\.keychain`,
    String.raw`FileZilla${S}`, String.raw`recentservers\.xml`, String.raw`sitemanager\.xml`, String.raw`WinSCP\.ini`, String.raw`\.openvpn`, String.raw`\.ovpn$`, String.raw`Steam${S}(?:config|ssfn)`, String.raw`ssfn`, String.raw`\.config${S}(?:openai|anthropic|huggingface)`, String.raw`\.cache${S}huggingface${S}token`,
    String.raw`\.bitcoin`, String.raw`\.minecraft${S}launcher`, String.raw`proc${S}(?:self|\d+|…)${S}(?:environ|mem)`),
  known('cloud', String.raw`169\.254\.169\.254`, String.raw`169\.254\.170\.2`, String.raw`metadata\.google\.internal`, String.raw`100\.100\.100\.200`, String.raw`fd00:ec2::254`),
  known('assistant', String.raw`\.claude(?:${S}|\.json)`, String.raw`\.cursor${S}(?:rules|mcp|hooks)`, String.raw`\.gemini${S}`, String.raw`\.codex${S}`, String.raw`\.kiro${S}`, String.raw`\.continue${S}config`, String.raw`windsurf${S}mcp_config`,
    String.raw`(?:CLAUDE|AGENTS|GEMINI)\.md$`, String.raw`\.(?:cursor|windsurf|cline)rules`, String.raw`copilot-instructions\.md`, String.raw`claude_desktop_config\.json`, String.raw`\.vscode${S}(?:tasks|settings|mcp)\.json`, String.raw`Code${S}User${S}(?:tasks|settings|mcp)\.json`),
  known('ci', String.raw`\.github${S}workflows`, String.raw`\.gitlab-ci\.yml`, String.raw`\.circleci${S}`, String.raw`\.git(?:-?templates?)?${S}hooks`),
  known('package-code', String.raw`node_modules${S}(?:…|\S)`, String.raw`site-packages${S}(?:…|\S)`),
  known('system', String.raw`etc${S}hosts`, String.raw`etc${S}sudoers`, String.raw`etc${S}resolv\.conf`, String.raw`Windows${S}System32`, String.raw`proc${S}self${S}status`, String.raw`proc${S}cpuinfo`, String.raw`sys${S}class${S}dmi`, String.raw`\.dockerenv`),
  known('temporary', String.raw`^(?:%TE?MP%|\$\{?TE?MP(?:DIR)?\}?|${S}(?:var${S})?tmp)(?:${S}|$)`, String.raw`AppData${S}Local${S}Temp`, String.raw`${S}dev${S}shm`),
  known('home', String.raw`^(?:~|\$\{?HOME\}?|%USERPROFILE%|%(?:LOCAL)?APPDATA%|<home>)(?:${S}|$)`, String.raw`(?:^|${S})(?:Desktop|Documents|Downloads|AppData)(?:${S}|$)`),
]

const LONGEST = 2000

/** The kind of place a path or URL names, or null when it is nothing special. */
export function placeOf(path: string): PlaceKind | null {
  const text = path.slice(0, LONGEST)
  return PLACES.find(({ pattern }) => pattern.test(text))?.kind ?? null
}

const GIVES: Partial<Record<PlaceKind, number>> = {
  credentials: SOURCES.credentials, 'ssh-keys': SOURCES.credentials, wallet: SOURCES.wallet, browser: SOURCES.browser, messenger: SOURCES.messenger,
  history: SOURCES.history, cloud: SOURCES.cloud,
}

/** What reading from such a place gives, as bits; 0 for nothing that matters. */
export const givenBy = (kind: PlaceKind | null): number => (kind === null ? 0 : GIVES[kind] ?? 0)
