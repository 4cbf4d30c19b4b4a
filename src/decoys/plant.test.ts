import { execFileSync } from 'node:child_process'
import { createDecipheriv, createHash, pbkdf2Sync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { placeOf } from '../analysis/places.ts'
import { plant, type Plant } from './plant.ts'
import { WORDS } from './words.ts'

const hosts = { npm: 'registry.example', pypi: 'index.example' }
const laptop = plant({ seed: 'one', persona: 'laptop', hosts })
const text = (planted: Plant, path: string): string => {
  const file = planted.files.find((file) => file.path.endsWith(path))
  if (!file) throw new Error(`no ${path}`)
  return Buffer.from(file.bytes).toString('latin1')
}
const value = (id: string): string => laptop.tokens.find((token) => token.id === id)?.value as string

describe('a planted user', () => {
  it('is the same for the same seed, and another for another', () => {
    const again = plant({ seed: 'one', persona: 'laptop', hosts })
    expect(again).toEqual(laptop)
    const other = plant({ seed: 'two', persona: 'laptop', hosts })
    const values = new Set(laptop.tokens.map((token) => token.value))
    expect(other.tokens.filter((token) => values.has(token.value))).toEqual([])
    expect(values.size).toBe(laptop.tokens.length)
  })

  it('has what thieves look for, in files of the right kind', () => {
    const kinds = new Set(laptop.files.map(({ path }) => placeOf(path)))
    for (const kind of ['credentials', 'wallet', 'browser', 'messenger', 'history', 'shell-startup', 'ci'] as const) expect(kinds).toContain(kind)
    expect(new Set(laptop.files.map(({ path }) => path)).size).toBe(laptop.files.length)
  })

  it('has every secret in a place on the laptop or in CI, or it is handed out by the sinkhole', () => {
    const placed = new Set(['laptop', 'ci', 'gitlab-ci'].flatMap((persona) => [...plant({ seed: 'one', persona: persona as 'ci', hosts }).places.keys()]))
    expect(laptop.tokens.map(({ id }) => id).filter((id) => !placed.has(id)).sort()).toEqual([
      'aws-container-secret-key', 'aws-metadata-key-id', 'aws-metadata-secret-key', 'aws-metadata-session', 'aws-stored-secret', 'azure-metadata-token',
      'chrome-cookie', 'chrome-password', 'gcp-metadata-token', 'kube-secret', 'npm-new-token',
    ])
  })

  it('shows a CI job its variables, and no laptop', () => {
    const ci = plant({ seed: 'one', persona: 'ci', hosts })
    expect(ci.environment).toMatchObject({ GITHUB_ACTIONS: 'true', CI: 'true', NPM_TOKEN: value('npm-ci-token') })
    expect(ci.environment.ACTIONS_ID_TOKEN_REQUEST_URL).toMatch(/^https:/)
    expect(laptop.environment.CI).toBeUndefined()
    expect(ci.places.get('github-ci-token')).toEqual(expect.arrayContaining(['$GITHUB_TOKEN', `${ci.person.projectFolder}/.git/config`]))
  })
})

describe('secrets pass the checks of who looks for them', () => {
  it('by checksum: npm and GitHub', () => {
    const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
    for (const id of ['npm-token', 'npm-ci-token', 'github-token', 'github-personal-token', 'github-ci-token']) {
      const [, entropy, sum] = /^[a-z]{3}_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/.exec(value(id)) ?? []
      expect([...sum as string].reduce((total, char) => total * 62 + base62.indexOf(char), 0)).toBe(crc32(entropy as string))
    }
  })

  it.each([
    ['aws-key-id', /^AKIA[A-Z2-7]{16}$/], ['aws-secret-key', /^[A-Za-z0-9/+]{40}$/], ['pypi-token', /^pypi-[A-Za-z0-9_-]{100,}$/],
    ['github-project-token', /^github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}$/],
    ['openai-key', /^sk-proj-[\w-]{74}T3BlbkFJ[\w-]{74}$/], ['anthropic-key', /^sk-ant-api03-[\w-]{93}AA$/],
    ['stripe-key', /^sk_live_[A-Za-z0-9]{99}$/], ['slack-bot-token', /^xoxb-\d{12}-\d{13}-[A-Za-z0-9]{24}$/],
    ['google-api-key', /^AIza[\w-]{35}$/], ['discord-token', /^[\w-]{24}\.[\w-]{6}\.[\w-]{38}$/], ['telegram-bot-token', /^\d{10}:AA[\w-]{33}$/],
    ['sendgrid-key', /^SG\.[\w-]{22}\.[\w-]{43}$/], ['azure-client-secret', /^\w{3}8Q~\w{34}$/],
    ['gitlab-token', /^glpat-[\w-]{20}$/], ['vault-token', /^hvs\.[\w-]{90,}$/], ['huggingface-token', /^hf_\w{34}$/],
    ['docker-token', /^dckr_pat_[\w-]{27}$/], ['kube-token', /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{300,}$/],
  ])('by form: %s', (id, form) => expect(value(id)).toMatch(form))

  it('by the location that PyPI\'s tokens carry', () => {
    expect(Buffer.from(value('pypi-token').slice(5), 'base64url').subarray(0, 16).toString('latin1')).toBe('\u0002\u0001\u000dindex.example')
  })

  it('by the checksum of a mnemonic', () => {
    for (const id of ['seed-phrase', 'electrum-seed']) {
      const bits = value(id).split(' ').map((word) => WORDS.indexOf(word).toString(2).padStart(11, '0')).join('')
      expect(bits).toHaveLength(132)
      const entropy = Buffer.from((bits.slice(0, 128).match(/.{8}/g) as string[]).map((byte) => Number.parseInt(byte, 2)))
      expect(bits.slice(128)).toBe((createHash('sha256').update(entropy).digest()[0] as number).toString(2).padStart(8, '0').slice(0, 4))
    }
    expect(WORDS).toHaveLength(2048)
    expect(createHash('sha256').update(`${WORDS.join('\n')}\n`).digest('hex')).toBe('2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda')
  })

  it('by ssh-keygen', (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-key-'))
    try {
      writeFileSync(join(folder, 'key'), text(laptop, '.ssh/id_ed25519'), { mode: 0o600 })
      expect(execFileSync('ssh-keygen', ['-y', '-f', join(folder, 'key')], { encoding: 'utf8' })).toBe(text(laptop, '.ssh/id_ed25519.pub'))
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error
      context.skip('no ssh-keygen here')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('by opening a browser\'s passwords as thieves do', () => {
    const database = new DatabaseSync(':memory:')
    database.deserialize(laptop.files.find(({ path }) => path.endsWith('Default/Login Data'))?.bytes as Uint8Array)
    const row = database.prepare('SELECT origin_url, username_value, password_value FROM logins').get() as { password_value: Uint8Array }
    const decipher = createDecipheriv('aes-128-cbc', pbkdf2Sync('peanuts', 'saltysalt', 1, 16, 'sha1'), Buffer.alloc(16, ' '))
    expect(decipher.update(row.password_value.subarray(3)).toString() + decipher.final().toString()).toBe(value('chrome-password'))
    database.close()
  })
})
