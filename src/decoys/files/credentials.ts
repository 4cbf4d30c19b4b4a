import { sshKey } from '../keys.ts'
import { uuid } from '../shapes.ts'
import type { Scene } from '../scene.ts'

/** What command-line tools keep to act in their owner's name. */
export function credentials({ person, secrets, hosts, dice, put }: Scene): void {
  const { user, host, email, name, login, organisation } = person
  put('.npmrc', `//${hosts.npm}/:_authToken=${secrets['npm-token']}\nemail=${email}\ninit-author-name=${name}\nsave-exact=true\n`, 0o600)
  put('.pypirc', `[distutils]\nindex-servers =\n    pypi\n\n[pypi]\nusername = __token__\npassword = ${secrets['pypi-token']}\n`, 0o600)
  put('.netrc', `machine artifacts.${organisation}.example\n  login ${login}\n  password ${secrets['netrc-password']}\n`, 0o600)
  put('.git-credentials', `https://${login}:${secrets['github-personal-token']}@github.com\nhttps://oauth2:${secrets['gitlab-token']}@gitlab.com\n`, 0o600)
  put('.gitconfig', `[user]\n\tname = ${name}\n\temail = ${email}\n[credential]\n\thelper = store\n[init]\n\tdefaultBranch = main\n[pull]\n\trebase = true\n`)
  put(
    '.config/gh/hosts.yml',
    `github.com:\n    users:\n        ${login}:\n            oauth_token: ${secrets['github-token']}\n    git_protocol: ssh\n    oauth_token: ${secrets['github-token']}\n    user: ${login}\n`,
    0o600,
  )
  put('.pgpass', `db.${organisation}.example:5432:*:${user}:${secrets['pgpass-password']}\n`, 0o600)
  put('.vault-token', secrets['vault-token'], 0o600)
  put(
    '.terraform.d/credentials.tfrc.json',
    `${JSON.stringify({ credentials: { 'app.terraform.io': { token: secrets['terraform-token'] } } }, null, 2)}\n`, 0o600,
  )
  put('.cargo/credentials.toml', `[registry]\ntoken = "${secrets['cargo-token']}"\n`, 0o600)
  put('.cache/huggingface/token', secrets['huggingface-token'], 0o600)
  put(
    '.docker/config.json',
    `${JSON.stringify({ auths: { 'https://index.docker.io/v1/': { auth: Buffer.from(`${login}:${secrets['docker-token']}`).toString('base64') } } }, null, '\t')}\n`,
    0o600,
  )
  put('.codex/auth.json', `${JSON.stringify({ OPENAI_API_KEY: secrets['openai-key'], tokens: null, last_refresh: null }, null, 2)}\n`, 0o600)
  put('.config/anthropic/api_key', `${secrets['anthropic-key']}\n`, 0o600)
  put('.gemini/.env', `GEMINI_API_KEY=${secrets['google-api-key']}\n`, 0o600)
  ssh(person.home, `${user}@${host}`)

  function ssh(home: string, comment: string): void {
    const pair = sshKey(dice.of('token ssh-key'), 'laptop')
    put('.ssh/id_ed25519', secrets['ssh-key'], 0o600)
    put('.ssh/id_ed25519.pub', pair.public)
    put('.ssh/id_rsa', secrets['ssh-rsa-key'], 0o600)
    put('.ssh/id_rsa.pub', `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${dice.bytes(256).toString('base64').replace(/=+$/, '')} ${comment}\n`)
    put(
      '.ssh/config',
      `Host bastion\n  HostName bastion.${organisation}.example\n  User ${user}\n  IdentityFile ${home}/.ssh/id_ed25519\n\nHost deploy-*\n  User deploy\n  ProxyJump bastion\n`,
      0o600,
    )
    put('.ssh/known_hosts', `bastion.${organisation}.example ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${dice.bytes(32).toString('base64').slice(0, 43)}\n`)
  }
  clouds({ secrets, dice, put, organisation })
  put(
    '.gnupg/private-keys-v1.d/4C0F2E9A7B31D586E0C1A9F3D4470B65E8127CDA.key',
    Buffer.concat([
      Buffer.from('(11:private-key(3:ecc(5:curve7:Ed25519)(5:flags5:eddsa)(1:d64:'), Buffer.from(secrets['gpg-key'], 'latin1'), Buffer.from(')))'),
    ]),
    0o600,
  )
  put(
    '.local/share/keyrings/login.keyring',
    Buffer.concat([Buffer.from('GnomeKeyring\n\r\0\n\0\0\0\0\0\0\0\u0005login', 'latin1'), Buffer.from(secrets.keyring, 'latin1')]), 0o600,
  )
}

function clouds({ secrets, dice, put, organisation }: Pick<Scene, 'secrets' | 'dice' | 'put'> & { organisation: string }): void {
  put(
    '.aws/credentials',
    `[default]\naws_access_key_id = ${secrets['aws-key-id']}\naws_secret_access_key = ${secrets['aws-secret-key']}\n\n[production]\naws_access_key_id = ${secrets['aws-prod-key-id']}\naws_secret_access_key = ${secrets['aws-prod-secret-key']}\n`,
    0o600,
  )
  put('.aws/config', '[default]\nregion = eu-central-1\noutput = json\n\n[profile production]\nregion = eu-central-1\n', 0o600)
  const client = `${dice.digits(12)}-${dice.chars('abcdefghijklmnopqrstuvwxyz0123456789', 32)}`
  put(
    '.config/gcloud/application_default_credentials.json',
    `${JSON.stringify({ account: '', client_id: `${client}.apps.googleusercontent.com`, client_secret: `d-${dice.chars('ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789', 22)}`, quota_project_id: `${organisation}-prod`, refresh_token: secrets['gcp-refresh-token'], type: 'authorized_user', universe_domain: 'googleapis.com' }, null, 2)}\n`,
    0o600,
  )
  put(
    '.config/gcloud/service-account.json',
    `${JSON.stringify({ type: 'service_account', project_id: `${organisation}-prod`, private_key_id: dice.bytes(20).toString('hex'), private_key: secrets['gcp-service-key'], client_email: `deploy@${organisation}-prod.iam.gserviceaccount.com`, client_id: dice.digits(21), token_uri: 'https://oauth2.googleapis.com/token' }, null, 2)}\n`,
    0o600,
  )
  put('.config/gcloud/configurations/config_default', `[core]\nproject = ${organisation}-prod\n`)
  const [tenant, app] = [uuid(dice), uuid(dice)]
  put(
    '.azure/msal_token_cache.json',
    `${JSON.stringify({ RefreshToken: { [`${app}.${tenant}-login.microsoftonline.com-refreshtoken`]: { credential_type: 'RefreshToken', secret: secrets['azure-refresh-token'], client_id: app } } }, null, 4)}\n`,
    0o600,
  )
  put(
    '.azure/azureProfile.json',
    `${JSON.stringify({ installationId: uuid(dice), subscriptions: [{ id: uuid(dice), name: 'Production', state: 'Enabled', tenantId: tenant, isDefault: true }] })}\n`,
  )
  put(
    '.kube/config',
    `apiVersion: v1\nkind: Config\ncurrent-context: prod\nclusters:\n- name: prod\n  cluster:\n    server: https://k8s.${organisation}.example:6443\n    insecure-skip-tls-verify: true\ncontexts:\n- name: prod\n  context:\n    cluster: prod\n    user: deployer\nusers:\n- name: deployer\n  user:\n    token: ${secrets['kube-token']}\n`,
    0o600,
  )
}
