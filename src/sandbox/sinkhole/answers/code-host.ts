import { createHash } from 'node:crypto'
import { json, text, type Answer, type Asked } from './answer.ts'
import type { Cast } from './cast.ts'

const sha = (value: string): string => createHash('sha1').update(value).digest('hex')
const SCOPES = {
  'x-oauth-scopes': 'gist, read:org, repo, workflow, write:packages', 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4987',
  'x-github-media-type': 'github.v3; format=json',
}

/** Code hosts' APIs as worms use them: who am I, which repositories, make one, put files and workflows into it, read its secrets' names. */
export function codeHost(asked: Asked, cast: Cast): Answer | null {
  const { host, path } = asked
  if (host === 'api.github.com' || path.startsWith('/api/v3/')) return github(asked, path.replace(/^\/api\/v3/, ''), cast)
  if (host === 'uploads.github.com') return json('github/upload', { id: 1, state: 'uploaded', name: asked.query.get('name') ?? 'file' }, 201, SCOPES)
  if (/(?:^|\.)gitlab\./.test(host) && path.startsWith('/api/v4/')) return gitlab(asked, path.slice(7), cast)
  if (host === 'api.bitbucket.org') return json(
    'bitbucket/api',
    path.endsWith('/user') ? { username: cast.person.login, display_name: cast.person.name, account_id: '557058:9e1c' } : { values: [], size: 0 },
  )
  if (/^(?:raw|gist)\.githubusercontent\.com$|^gist\.github\.com$/.test(host) || /\/-?\/?raw\//.test(path)) return raw(asked)
  if (path.endsWith('/info/refs')) return gitRefs(asked)
  if (path.endsWith('/git-receive-pack')) return gitPush(asked)
  if (path.endsWith('/idtoken')) return json('github/idtoken', { count: cast.secrets['oidc-token'].length, value: cast.secrets['oidc-token'] })
  if (host.endsWith('.actions.githubusercontent.com')) return json('github/actions', { value: [], count: 0 })
  return null
}

function github(asked: Asked, path: string, { person, secrets }: Cast): Answer {
  const { method } = asked
  const reply = (script: string, value: unknown, status = 200): Answer => json(`github/${script}`, value, status, SCOPES)
  const user = {
    login: person.login, id: 583_231, type: 'User', name: person.name, email: person.email, company: person.organisation, public_repos: 12,
    two_factor_authentication: false, plan: { name: 'pro' },
  }
  if (path === '/user') return reply('user', user)
  if (path === '/user/emails') return reply('emails', [{ email: person.email, primary: true, verified: true, visibility: 'private' }])
  if (path === '/user/orgs' || path === '/user/memberships/orgs') return reply(
    'organisations', [{ login: person.organisation, id: 9_919, organization: { login: person.organisation }, role: 'admin', state: 'active' }],
  )
  if (path === '/rate_limit') return reply('rate', {
    resources: { core: { limit: 5_000, used: 13, remaining: 4_987, reset: 1_900_000_000 } },
    rate: { limit: 5_000, remaining: 4_987, reset: 1_900_000_000 },
  })
  if (path === '/graphql') return reply(
    'graphql',
    { data: { viewer: {
      login: person.login, email: person.email,
      repositories: {
        totalCount: 1, nodes: [{ nameWithOwner: `${person.organisation}/${person.project}` }], pageInfo: { hasNextPage: false, endCursor: null },
      },
    } } },
  )
  if (/^\/(?:user|orgs\/[^/]+|users\/[^/]+)\/repos$/.test(path)) return method === 'POST' ? reply('repository-made', repository(person.login, nameIn(asked.body) ?? 'repository'), 201) : reply('repositories', [repository(person.organisation, person.project)])
  if (path === '/gists') return method === 'POST' ? reply('gist-made', {
    id: sha(asked.url), html_url: `https://gist.github.com/${person.login}/${sha(asked.url)}`, public: false,
  }, 201) : reply('gists', [])
  if (path.startsWith('/search/')) return reply('search', { total_count: 0, incomplete_results: false, items: [] })
  const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]{1,100})\/([^/]{1,100})(\/.*)?$/.exec(path) ?? []
  if (name !== '') return inRepository(asked, { owner, name, rest: rest ?? '' }, reply, secrets)
  return method === 'GET' ? reply('other', path.endsWith('s') ? [] : { message: 'ok' }) : reply('other', { ok: true }, method === 'POST' ? 201 : 200)
}

function inRepository({ method, url }: Asked, { owner, name, rest }: { owner: string; name: string; rest: string }, reply: (script: string, value: unknown, status?: number) => Answer, secrets: Cast['secrets']): Answer {
  const commit = { sha: sha(url), html_url: `https://github.com/${owner}/${name}/commit/${sha(url)}` }
  if (rest === '') return reply('repository', repository(owner, name))
  if (rest.startsWith('/contents')) return method === 'GET' ? reply('contents', rest.length > 10 && /\.\w+$/.test(rest) ? { name: rest.split('/').at(-1), path: rest.slice(10), sha: sha(rest), encoding: 'base64', content: Buffer.from('# nothing here\n').toString('base64') } : []) : reply('file-put', { content: { path: rest.slice(10), sha: sha(rest) }, commit }, 201)
  if (/\/(?:actions|dependabot|codespaces)\/secrets\/public-key$/.test(rest)) return reply('secrets-key', { key_id: '568250167242549743', key: createHash('sha256').update(secrets['npm-token']).digest('base64') })
  if (/\/secrets/.test(rest)) return method === 'GET' ? reply('secrets', { total_count: 2, secrets: [{ name: 'NPM_TOKEN', created_at: '2025-01-20T12:00:00Z', updated_at: '2025-01-20T12:00:00Z' }, { name: 'AWS_SECRET_ACCESS_KEY', created_at: '2025-01-20T12:00:00Z', updated_at: '2025-01-20T12:00:00Z' }] }) : reply('secret-put', {}, 201)
  if (/^\/git\/(?:refs?|matching-refs)/.test(rest)) return reply('refs', rest.includes('matching') ? [] : { ref: 'refs/heads/main', object: { type: 'commit', sha: sha(rest) } }, method === 'POST' ? 201 : 200)
  if (rest.startsWith('/git/')) return reply('git', { tree: [], ...commit }, method === 'POST' ? 201 : 200)
  if (/^\/(?:branches|commits)/.test(rest)) return reply('commits', rest.split('/').length > 2 ? { name: 'main', commit } : [{ name: 'main', commit, sha: commit.sha }])
  if (/^\/actions\/runners\/registration-token$/.test(rest)) return reply('runner-token', { token: 'AABF3JGZDX3P5PMEXLND6TS6FCWO6', expires_at: '2030-01-01T00:00:00Z' }, 201)
  if (/^\/actions\/(?:runs|artifacts|workflows|runners)/.test(rest)) return reply('actions', { total_count: 0, workflow_runs: [], artifacts: [], workflows: [], runners: [] })
  if (rest.startsWith('/releases')) return reply('releases', release(owner, name))
  return reply('other', method === 'GET' ? [] : { ok: true, ...commit }, method === 'POST' ? 201 : 200)
}

function repository(owner: string, name: string): Record<string, unknown> {
  return {
    id: 1_296_269, name, full_name: `${owner}/${name}`, private: true, owner: { login: owner }, html_url: `https://github.com/${owner}/${name}`,
    clone_url: `https://github.com/${owner}/${name}.git`, default_branch: 'main', permissions: { admin: true, push: true, pull: true },
  }
}

function release(owner: string, name: string): Record<string, unknown> {
  const assets = ['linux-x64.tar.gz', 'linux-amd64.tar.gz', 'linux-x64.zip'].map((tail, id) => ({
    id, name: `${name}-${tail}`, browser_download_url: `https://github.com/${owner}/${name}/releases/download/v1.0.0/${name}-${tail}`,
  }))
  return {
    id: 1, tag_name: 'v1.0.0', name: 'v1.0.0', draft: false, prerelease: false, assets,
    tarball_url: `https://api.github.com/repos/${owner}/${name}/tarball/v1.0.0`,
  }
}

function gitlab({ method }: Asked, path: string, { person }: Cast): Answer {
  if (path === '/user') return json('gitlab/user', {
    id: 4_211, username: person.login, name: person.name, email: person.email, state: 'active', is_admin: false,
  })
  if (path.startsWith('/projects')) return json(
    'gitlab/projects',
    method === 'GET' ? [{
      id: 278_964, path_with_namespace: `${person.organisation}/${person.project}`, default_branch: 'main', visibility: 'private',
    }] : { id: 278_965 },
    method === 'POST' ? 201 : 200,
  )
  return json('gitlab/other', method === 'GET' ? [] : { ok: true })
}

/** Files without an extension and without a program's name are mostly lists and settings. */
function raw({ path, method }: Asked): Answer | null {
  if (method !== 'GET' || /\.(?:sh|py|js|mjs|cjs|ps1|tgz|gz|zip|exe|bin|json|rb|pl|php|whl|node|so|dll)$/i.test(path)) return null
  return text('raw/text', 'ok\n')
}

const line = (words: string): string => (words.length + 4).toString(16).padStart(4, '0') + words

/** Every reference was taken (gitprotocol-pack, report status). */
function gitPush({ body }: Asked): Answer {
  const names = [...body.subarray(0, 65_536).toString('latin1').matchAll(/[0-9a-f]{40} [0-9a-f]{40} (refs\/[\w./-]{1,200})/g)].slice(0, 100).map(([, name]) => name as string)
  return text('git/push', `${line('unpack ok\n')}${names.map((name) => line(`ok ${name}\n`)).join('')}0000`, 'application/x-git-receive-pack-result')
}

/** An empty repository that takes pushes (gitprotocol-http, reference discovery). */
function gitRefs({ query }: Asked): Answer {
  const service = query.get('service') === 'git-receive-pack' ? 'git-receive-pack' : 'git-upload-pack'
  const capabilities = service === 'git-receive-pack' ? 'report-status delete-refs agent=git/github' : 'multi_ack side-band-64k agent=git/github'
  return text(
    'git/refs', `${line(`# service=${service}\n`)}0000${line(`${'0'.repeat(40)} capabilities^{}\0${capabilities}\n`)}0000`,
    `application/x-${service}-advertisement`,
  )
}

function nameIn(body: Buffer): string | null {
  return /"name"\s*:\s*"([\w. -]{1,100})"/.exec(body.subarray(0, 10_000).toString('utf8'))?.[1] ?? null
}
