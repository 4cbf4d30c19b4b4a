import type { Scene } from '../scene.ts'

/** What a CI job finds on its machine: the checkout's credentials in Git's configuration, the event, what set-up steps wrote. */
export function job({ person, secrets, hosts, dice, put }: Scene): void {
  const { projectFolder: folder, home, organisation, project: name, login, email } = person
  put('.npmrc', `//${hosts.npm}/:_authToken=\${NODE_AUTH_TOKEN}\nregistry=https://${hosts.npm}/\n`, 0o600)
  put(
    '.docker/config.json',
    `${JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth: Buffer.from(`${login}:${secrets['docker-token']}`).toString('base64') } } }, null, '\t')}\n`,
    0o600,
  )
  put(
    `${folder}/package.json`,
    `${JSON.stringify({ name: `@${organisation}/${name}`, version: '2.14.3', private: true, scripts: { build: 'tsc -p .', test: 'node --test' } }, null, 2)}\n`,
  )
  put(`${folder}/.git/HEAD`, `${dice.bytes(20).toString('hex')}\n`)
  put(
    `${folder}/.git/config`,
    `[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote "origin"]\n\turl = https://github.com/${organisation}/${name}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic ${Buffer.from(`x-access-token:${secrets['github-ci-token']}`).toString('base64')}\n`,
  )
  put(
    `${home}/work/_temp/_github_workflow/event.json`,
    `${JSON.stringify({ ref: 'refs/tags/v2.14.3', repository: { full_name: `${organisation}/${name}`, private: true, owner: { login: organisation } }, pusher: { name: login, email }, sender: { login } }, null, 2)}\n`,
  )
}
