import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { personOf } from '../../../decoys/person.ts'
import { plantedBy } from '../../../decoys/tokens.ts'
import { Names } from '../names.ts'
import { readOptions } from '../options.ts'
import type { Answer, Asked } from './answer.ts'
import { answering } from './table.ts'

const options = readOptions({ seed: 'answers', registries: [{ ecosystem: 'npm', url: 'https://registry.example/npm/', hosts: ['files.example'] }, { ecosystem: 'pypi', url: 'https://index.example/simple/', hosts: ['upload.index.example'] }] })
const { answer } = answering(options, new Names({}, 1_000))
const person = personOf('answers', 'laptop')
const secret = (id: string): string => plantedBy('answers').find((token) => token.id === id)?.value as string

function asked(line: string, rest: Partial<Asked> = {}): Asked {
  const [method = 'GET', url = ''] = line.split(' ')
  const { hostname, pathname, searchParams } = new URL(url)
  return { method, url, host: hostname, path: decodeURIComponent(pathname), query: searchParams, headers: {}, body: Buffer.alloc(0), to: null, tls: true, from: { address: '10.0.0.2', port: 4_000 }, ...rest }
}

const said = ({ body }: Answer): string => (typeof body === 'string' ? body : Buffer.isBuffer(body) ? body.toString('latin1') : JSON.stringify('json' in body ? body.json : body))

describe('who is asked', () => {
  const curl = { headers: { 'user-agent': 'curl/8.5.0', accept: '*/*' } }
  it.each<[string, string, RegExp | string, Partial<Asked>?]>([
    ['GET https://registry.example/npm/-/whoami', 'npm/whoami', person.login],
    ['GET https://files.example/-/npm/v1/tokens', 'npm/tokens', /"objects"/],
    ['POST https://registry.example/npm/-/npm/v1/tokens', 'npm/token-made', secret('npm-new-token')],
    ['PUT https://registry.example/npm/evil', 'npm/publish', /"ok":true/],
    [`GET https://registry.example/npm/-/v1/search?text=maintainer:${person.login}&size=250`, 'npm/search', person.packages[1] as string],
    ['GET https://registry.example/npm/@a%2fb', 'npm/placeholder', 'https://registry.example/npm/@a/b/-/b-1.0.0.tgz'],
    ['GET https://registry.example/npm/up', 'npm/missing', /Not found/, { path: '/npm/../../etc/passwd' }],
    ['POST https://index.example/legacy/', 'pypi/upload', /OK/],
    ['POST https://upload.index.example/legacy/', 'pypi/upload', /OK/],
    ['POST https://packages.example/x', 'pypi/upload', /OK/, { body: Buffer.from('--b\r\nContent-Disposition: form-data; name=":action"\r\n\r\nfile_upload\r\n--b--') }],
    ['PUT https://packages.example/evil', 'npm/publish', /"ok":true/, { body: Buffer.from('{"_id":"evil","dist-tags":{},"_attachments":{}}') }],
    ['GET https://index.example/simple/Some_Thing/', 'pypi/placeholder', 'some_thing-1.0.0-py3-none-any.whl#sha256='],
    ['POST https://index.example/_/oidc/mint-token', 'pypi/oidc', secret('pypi-ci-token').slice(-40)],
    ['GET https://api.github.com/user', 'github/user', person.login],
    ['POST https://api.github.com/user/repos', 'github/repository-made', `${person.login}/loot`, { body: Buffer.from('{"name":"loot","private":false}') }],
    ['PUT https://api.github.com/repos/a/b/contents/data.json', 'github/file-put', /"commit"/],
    ['GET https://api.github.com/repos/a/b/actions/secrets', 'github/secrets', /NPM_TOKEN/],
    ['GET https://pipelines.actions.githubusercontent.com/x/idtoken?audience=npm', 'github/idtoken', secret('oidc-token')],
    ['GET https://gitlab.com/api/v4/user', 'gitlab/user', person.email],
    ['GET http://169.254.169.254/latest/meta-data/iam/security-credentials/', 'metadata/aws', 'app-production'],
    ['GET http://169.254.169.254/latest/meta-data/iam/security-credentials/app-production', 'metadata/aws-credentials', secret('aws-metadata-secret-key')],
    ['PUT http://169.254.169.254/latest/api/token', 'metadata/aws-token', /=$/],
    ['GET http://anything/latest/user-data', 'metadata/aws', /^#!/, { to: { address: '169.254.169.254', port: 80 } }],
    ['GET http://169.254.170.2/v2/credentials/1', 'metadata/ecs-credentials', secret('aws-container-secret-key')],
    ['GET http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token', 'metadata/google-token', secret('gcp-metadata-token')],
    ['GET http://169.254.169.254/metadata/identity/oauth2/token?resource=x', 'metadata/azure-token', secret('azure-metadata-token')],
    ['POST https://sts.amazonaws.com/', 'cloud/aws-identity', /GetCallerIdentityResult/],
    ['POST https://secretsmanager.eu-central-1.amazonaws.com/', 'cloud/aws-secret', secret('aws-stored-secret'), { headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' } }],
    ['GET https://kubernetes.default.svc/api/v1/secrets', 'cloud/kubernetes-secrets', Buffer.from(secret('kube-secret')).toString('base64')],
    ['GET https://api.ipify.org/', 'echo/address', '203.0.113.87'],
    ['GET http://ip-api.com/json/', 'echo/place', /"countryCode":"DE"/],
    ['GET https://ipinfo.io/json', 'echo/place', /"country":"DE"/],
    ['POST https://discord.com/api/webhooks/123/abc', 'chat/discord-webhook', ''],
    ['POST https://api.telegram.org/bot123:abc/sendMessage', 'chat/telegram', /"message_id"/],
    ['POST https://hooks.slack.com/services/a/b/c', 'chat/slack-webhook', 'ok'],
    ['PUT https://transfer.sh/loot.zip', 'drop/file', /^https:/],
    ['POST https://webhook.site/0000', 'drop/request', ''],
    ['GET https://get.attacker.example/install', 'stage/piped', /^#!\/bin\/sh/, curl],
    ['GET https://cdn.attacker.example/a/second.py', 'stage/py', /import os/],
    ['GET https://cdn.attacker.example/xmrig-linux-x64', 'stage/program', /^#!\/bin\/sh/],
    ['GET https://runtime.example/releases/bun-linux-x64.zip', 'stage/zip', /^PK/],
    ['GET https://dns.example/resolve?name=c2.attacker.example&type=TXT', 'dns-over-https', /spf1/],
    ['GET https://c2.attacker.example/config.json', 'generic/json', /"ok":true/],
    ['POST https://c2.attacker.example/in', 'generic/accepted', /success/],
    ['GET https://c2.attacker.example/logo.png', 'generic/image', /PNG/],
  ])('%s', (line, script, holds, rest) => {
    const got = answer(asked(line, rest))
    expect(got.script).toBe(script)
    if (typeof holds === 'string') expect(said(got)).toContain(holds)
    else expect(said(got)).toMatch(holds)
  })

  it('by its client, whatever registry it is set to', () => {
    expect(answer(asked('GET https://mirror.corp.example/repository/npm-all/left', { headers: { 'user-agent': 'npm/11.1.0 node/v24.1.0 linux x64' } })).script).toMatch(/^npm\//)
    expect(answer(asked('GET https://mirror.corp.example/api/pypi/simple/left/', { headers: { 'user-agent': 'pip/24.0' } })).script).toBe('pypi/placeholder')
  })

  it('never with an exception, however odd the request', () => {
    for (const path of ['/%', '/'.repeat(5_000), '/__proto__', '/constructor', '/@/@', '/-/', `/${'a/'.repeat(3_000)}`, '/\u0000']) {
      for (const host of ['registry.example', 'index.example', 'api.github.com', '169.254.169.254', 'metadata.google.internal', '__proto__', 'x.amazonaws.com', 'ipinfo.io']) {
        for (const method of ['GET', 'PUT', 'constructor']) expect(answer({ ...asked(`${method} https://h.example/`), host, path, url: `https://${host}${path}` }).status).toBeGreaterThan(199)
      }
    }
  })
})

describe('archives', () => {
  it.each([['tool-linux-x64.tar.gz', 'tar'], ['tool-linux-x64.zip', 'unzip']])('hold a program that runs and leaves its mark: %s', (file, program) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-stage-'))
    try {
      const { body } = answer(asked(`GET https://runtime.example/${file}`))
      writeFileSync(join(folder, file), body as Buffer)
      if (program === 'tar') execFileSync('tar', ['-xzf', file], { cwd: folder })
      else execFileSync('python3', ['-c', `import zipfile\nfor i in zipfile.ZipFile('${file}').infolist(): print(oct(i.external_attr >> 16), i.filename)\nzipfile.ZipFile('${file}').extractall('.')`], { cwd: folder })
      const tool = join(folder, 'tool-linux-x64/bin/tool')
      if (program === 'tar') expect(statSync(tool).mode & 0o111).toBe(0o111)
      expect(execFileSync('sh', [tool], { env: { TMPDIR: folder }, encoding: 'utf8' })).toBe('tool 1.0.0\n')
      expect(readdirSync(folder)).toContain('.stage-tool')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
