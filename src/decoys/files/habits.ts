import type { Scene } from '../scene.ts'

/** What a user leaves behind without thinking of it: histories, notes, start-up files of shells. */
export function habits({ person, secrets, dice, put }: Scene): void {
  const { organisation, project, user } = person
  const commands = [
    `cd ~/projects/${project}`, 'git pull', 'npm ci', 'npm test', `ssh bastion`,
    `mysql -h db.${organisation}.example -u ${user} -p'${secrets['history-password']}'`, 'docker compose up -d', 'kubectl get pods -n prod',
    'aws s3 ls --profile production', 'git commit -am "wip"', 'git push', 'htop', 'code .',
  ]
  put('.bash_history', `${commands.join('\n')}\n`, 0o600)
  put('.zsh_history', `${commands.map((command, i) => `: ${1_788_000_000 + i * 613}:0;${command}`).join('\n')}\n`, 0o600)
  put('.python_history', 'import json\nimport requests\nrequests.get("http://localhost:3000/health").json()\n', 0o600)
  put('.node_repl_history', "new Date().toISOString()\nrequire('node:os').cpus().length\n", 0o600)
  put('.bashrc', 'case $- in\n  *i*) ;;\n  *) return ;;\nesac\nHISTSIZE=10000\nalias ll=\'ls -alF\'\nexport EDITOR=vim\n')
  put('.zshrc', 'export ZSH="$HOME/.oh-my-zsh"\nalias k=kubectl\nexport EDITOR=vim\n')
  put('.profile', 'if [ -n "$BASH_VERSION" ] && [ -f "$HOME/.bashrc" ]; then\n  . "$HOME/.bashrc"\nfi\nPATH="$HOME/.local/bin:$PATH"\n')
  put('Documents/passwords.txt', `Router admin / ${secrets['document-password']}\nVPN: same as mail, plus 7\n`)
  put('Documents/wallet-backup.txt', `Ledger recovery phrase, do NOT share\n\n${secrets['seed-phrase']}\n`, 0o600)
  put('Documents/Passwords.kdbx', Buffer.concat([Buffer.from('03d9a29a67fb4bb501000400', 'hex'), Buffer.from(secrets['keepass-file'], 'latin1')]), 0o600)
  put(
    'Documents/2025-tax-return.pdf',
    Buffer.concat([
      Buffer.from(
        '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\n',
        'latin1',
      ),
      dice.bytes(2_000), Buffer.from('\n%%EOF\n'),
    ]),
  )
  put('Desktop/todo.md', '- [ ] renew passport\n- [ ] review the billing numbers\n- [x] rotate staging keys\n')
  put('Downloads/invoice-4471.csv', 'item,quantity,price\nhosting,1,49.00\nsupport,3,120.00\n')
}
