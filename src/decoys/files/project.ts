import type { Scene } from '../scene.ts'

/** What is being worked on: a service with its settings and its history in Git. */
export function project({ person, secrets, hosts, dice, put }: Scene): void {
  const { projectFolder: folder, project: name, organisation, email } = person
  const here = (path: string, content: string, mode?: number): void => put(`${folder}/${path}`, content, mode)
  here('package.json', `${JSON.stringify({
    name: `@${organisation}/${name}`, version: '2.14.3', private: true, type: 'module',
    scripts: { start: 'node src/index.js', test: 'node --test', build: 'tsc -p .' },
  }, null, 2)}\n`)
  here('README.md', `# ${name}\n\nInternal service. Ask in #team-${name.split('-')[0]} before deploying.\n`)
  here(
    'src/index.js',
    "import { createServer } from 'node:http'\n\nconst port = Number(process.env.PORT ?? 3000)\n\ncreateServer((request, response) => {\n  response.end('ok')\n}).listen(port)\n",
  )
  here(
    '.env',
    `NODE_ENV=development\nDATABASE_URL=postgres://${name.replaceAll('-', '_')}:${secrets['database-password']}@db.${organisation}.example:5432/app\nSTRIPE_SECRET_KEY=${secrets['stripe-key']}\nSENDGRID_API_KEY=${secrets['sendgrid-key']}\nSLACK_BOT_TOKEN=${secrets['slack-bot-token']}\nGITHUB_TOKEN=${secrets['github-project-token']}\n`,
    0o600,
  )
  here(
    '.env.production',
    `NODE_ENV=production\nSESSION_SECRET=${secrets['session-secret']}\nAZURE_CLIENT_SECRET=${secrets['azure-client-secret']}\nTELEGRAM_BOT_TOKEN=${secrets['telegram-bot-token']}\n`,
    0o600,
  )
  here('.npmrc', `@${organisation}:registry=https://${hosts.npm}/\n//${hosts.npm}/:_authToken=${secrets['npm-project-token']}\n`, 0o600)
  here(
    '.github/workflows/release.yml',
    'name: release\non:\n  push:\n    tags: [v*]\npermissions:\n  contents: read\n  id-token: write\njobs:\n  publish:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: npm ci && npm publish\n        env:\n          NODE_AUTH_TOKEN: ${{ secrets.NPM_TOKEN }}\n',
  )
  here('.vscode/settings.json', '{\n  "editor.formatOnSave": true\n}\n')
  here('.gitignore', 'node_modules/\n.env*\ndist/\n')
  git()

  function git(): void {
    const commits = ['Initial import', 'Add health check', 'Retry on 503', 'Bump dependencies', `Fix rounding in ${name.split('-')[0]} totals`]
    const hashes = ['0'.repeat(40), ...commits.map(() => dice.bytes(20).toString('hex'))]
    const log = commits.map((message, i) => `${hashes[i]} ${hashes[i + 1]} ${person.name} <${email}> ${1_770_000_000 + i * 91_237} +0100\tcommit${i === 0 ? ' (initial)' : ''}: ${message}\n`).join('')
    here('.git/HEAD', 'ref: refs/heads/main\n')
    here(
      '.git/config',
      `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:${organisation}/${name}.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n`,
    )
    here('.git/refs/heads/main', `${hashes.at(-1)}\n`)
    here('.git/logs/HEAD', log)
    here('.git/logs/refs/heads/main', log)
    here('.git/COMMIT_EDITMSG', `${commits.at(-1)}\n`)
    here('.git/description', 'Unnamed repository; edit this file \'description\' to name the repository.\n')
  }
}
