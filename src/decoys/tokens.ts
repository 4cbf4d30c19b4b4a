import type { Sought } from './finder.ts'
import { BASE62, BASE64URL, Dice } from './dice.ts'
import { chromeEncrypted } from './chrome.ts'
import { rsaShaped, sshKey } from './keys.ts'
import { mnemonicOf } from './mnemonic.ts'
import * as shapes from './shapes.ts'

/** A secret that is planted: it has the form of a real one, its checksums too, and opens nothing. */
export interface Honeytoken extends Sought {
  id: TokenId
  /** As it stands in files and variables; of binary ones, a character for each byte. */
  value: string
}

/** Where clients have their registries: tokens and settings name them. Hosts without scheme. */
export interface RegistryHosts {
  npm: string
  pypi: string
}

interface Made {
  value: string
  core: string
  least?: number
}

type Maker = (dice: Dice, hosts: RegistryHosts) => Made

const bytes = (count: number): Maker => (dice) => {
  const value = dice.bytes(count).toString('latin1')
  return { value, core: value }
}

/** Two words of a mnemonic may stand side by side in ordinary text. */
const words: Maker = (dice) => {
  const value = mnemonicOf(dice.bytes(16))
  return { value, core: value, least: 26 }
}

const passwordOf = (dice: Dice): string => shapes.password(dice).value

const issued = 1_789_000_000

const MAKERS = {
  'npm-token': (dice) => shapes.checked(dice, 'npm_'),
  'npm-project-token': (dice) => shapes.checked(dice, 'npm_'),
  'npm-ci-token': (dice) => shapes.checked(dice, 'npm_'),
  'npm-new-token': (dice) => shapes.checked(dice, 'npm_'),
  'pypi-token': (dice, { pypi }) => shapes.pypi(dice, pypi),
  'pypi-ci-token': (dice, { pypi }) => shapes.pypi(dice, pypi),
  'github-token': (dice) => shapes.checked(dice, 'gho_'),
  'github-personal-token': (dice) => shapes.checked(dice, 'ghp_'),
  'github-project-token': shapes.githubFineGrained,
  'github-ci-token': (dice) => shapes.checked(dice, 'ghs_'),
  'gitlab-token': (dice) => shapes.ofChars(dice, 'glpat-', BASE64URL, 20),
  'gitlab-job-token': (dice) => shapes.ofChars(dice, 'glcbt-64_', BASE64URL, 20),
  'oidc-request-token': (dice) => shapes.jwt(dice, { iss: 'https://vstoken.actions.example', iat: issued, exp: issued + 3_600, scp: 'Actions.Results:1' }),
  'oidc-token': (dice) => shapes.jwt(dice, { iss: 'https://token.actions.example', iat: issued, exp: issued + 900, sub: 'repo:main' }),
  'actions-runtime-token': (dice) => shapes.jwt(dice, {
    iss: 'https://vstoken.actions.example', iat: issued, exp: issued + 21_600, scp: 'Actions.GenericRead',
  }),
  'aws-key-id': (dice) => shapes.awsKeyId(dice, 'AKIA'),
  'aws-secret-key': shapes.awsSecret,
  'aws-prod-key-id': (dice) => shapes.awsKeyId(dice, 'AKIA'),
  'aws-prod-secret-key': shapes.awsSecret,
  'aws-env-key-id': (dice) => shapes.awsKeyId(dice, 'AKIA'),
  'aws-env-secret-key': shapes.awsSecret,
  'aws-metadata-key-id': (dice) => shapes.awsKeyId(dice, 'ASIA'),
  'aws-metadata-secret-key': shapes.awsSecret,
  'aws-metadata-session': shapes.awsSession,
  'aws-container-secret-key': shapes.awsSecret,
  'aws-stored-secret': shapes.password,
  'gcp-refresh-token': (dice) => shapes.ofChars(dice, '1//03', BASE64URL, 100),
  'gcp-service-key': (dice) => pem(rsaShaped(dice, 'pkcs8')),
  'gcp-metadata-token': (dice) => shapes.ofChars(dice, 'ya29.c.', BASE64URL, 180),
  'azure-client-secret': shapes.azureSecret,
  'azure-refresh-token': (dice) => shapes.ofChars(dice, '0.A', BASE64URL, 240),
  'azure-metadata-token': (dice) => shapes.jwt(dice, {
    aud: 'https://management.azure.example', iat: issued, exp: issued + 86_400, xms_mirid: '/subscriptions/vm',
  }),
  'kube-token': (dice) => shapes.jwt(dice, { iss: 'kubernetes/serviceaccount', sub: 'system:serviceaccount:default:deployer' }),
  'kube-secret': shapes.password,
  'docker-token': (dice) => shapes.ofChars(dice, 'dckr_pat_', BASE64URL, 27),
  'vault-token': (dice) => shapes.ofChars(dice, 'hvs.CAESI', BASE64URL, 90),
  'terraform-token': (dice) => {
    const core = dice.chars(BASE62, 67)
    return { value: `${dice.chars(BASE62, 14)}.atlasv1.${core}`, core }
  },
  'cargo-token': (dice) => shapes.ofChars(dice, 'cio', BASE62, 32),
  'openai-key': shapes.openai,
  'openai-env-key': shapes.openai,
  'anthropic-key': shapes.anthropic,
  'anthropic-env-key': shapes.anthropic,
  'google-api-key': (dice) => shapes.ofChars(dice, 'AIzaSy', BASE64URL, 33),
  'huggingface-token': (dice) => shapes.ofChars(dice, 'hf_', BASE62, 34),
  'stripe-key': (dice) => shapes.ofChars(dice, 'sk_live_51', BASE62, 97),
  'sendgrid-key': shapes.sendgrid,
  'slack-bot-token': (dice) => shapes.slack(dice, 'xoxb'),
  'slack-session': (dice) => shapes.slack(dice, 'xoxc'),
  'discord-token': shapes.discord,
  'telegram-bot-token': shapes.telegram,
  'telegram-session': bytes(160),
  'database-password': shapes.password,
  'pgpass-password': shapes.password,
  'netrc-password': shapes.password,
  'history-password': shapes.password,
  'document-password': shapes.password,
  'session-secret': (dice) => shapes.hex(dice, 64),
  'ssh-key': (dice) => {
    const value = sshKey(dice, 'laptop').secret
    // The private half's own 32 bytes, in the fourth of five lines.
    return { value, core: (value.split('\n')[4] as string).slice(6, 46) }
  },
  'ssh-rsa-key': (dice) => pem(rsaShaped(dice, 'pkcs1')),
  'gpg-key': bytes(64),
  'chrome-password': shapes.password,
  'chrome-login-data': (dice) => {
    const value = chromeEncrypted(passwordOf(dice.of('token chrome-password'))).toString('latin1')
    return { value, core: value.slice(3) }
  },
  'chrome-cookie': (dice) => shapes.ofChars(dice, '', BASE64URL, 64),
  'chrome-cookie-store': (dice) => {
    const value = chromeEncrypted(dice.of('token chrome-cookie').chars(BASE64URL, 64)).toString('latin1')
    return { value, core: value.slice(3) }
  },
  'firefox-login': bytes(40),
  'firefox-key': bytes(48),
  'firefox-cookie': (dice) => shapes.ofChars(dice, '', BASE64URL, 48),
  'metamask-vault': (dice) => shapes.ofChars(dice, '', BASE64URL, 400),
  'exodus-seed': bytes(256),
  'electrum-seed': words,
  'solana-key': bytes(64),
  'bitcoin-wallet': bytes(256),
  'ethereum-keystore': (dice) => shapes.hex(dice, 64),
  'seed-phrase': words,
  'keepass-file': bytes(256),
  keyring: bytes(128),
} as const satisfies Readonly<Record<string, Maker>>

export type TokenId = keyof typeof MAKERS

/** Known by the middle of its modulus: before and after it, all keys of a size are alike. */
function pem(value: string): Made {
  return { value, core: value.split('\n').slice(3, 6).join('\n') }
}

const NOWHERE: RegistryHosts = { npm: 'registry.example', pypi: 'index.example' }

export type Secrets = Readonly<Record<TokenId, string>>

/** Everything that is planted under a seed, whoever the persona is: hosts change what some look like, never what is secret in them. */
export function plantedBy(seed: string, hosts: RegistryHosts = NOWHERE): Honeytoken[] {
  return (Object.keys(MAKERS) as TokenId[]).map((id) => {
    const made: Made = MAKERS[id](new Dice(seed, `token ${id}`), hosts)
    return { id, value: made.value, core: Buffer.from(made.core, 'latin1'), ...(made.least === undefined ? {} : { least: made.least }) }
  })
}

export function secretsOf(tokens: readonly Honeytoken[]): Secrets {
  return Object.fromEntries(tokens.map(({ id, value }) => [id, value])) as Record<TokenId, string>
}
