import { json, text, type Answer, type Asked } from './answer.ts'
import type { Cast } from './cast.ts'

/** Clouds' own APIs, secret stores and clusters: what thieves ask with keys that they found. */
export function cloud(asked: Asked, cast: Cast): Answer | null {
  const { host, path } = asked
  if (host.endsWith('.amazonaws.com')) return aws(asked, cast)
  if (host === 'secretmanager.googleapis.com') return google(asked, cast)
  if (/^(?:oauth2|www)\.googleapis\.com$/.test(host) && path.endsWith('/token')) return json('cloud/google-login', { access_token: cast.secrets['gcp-metadata-token'], expires_in: 3_599, token_type: 'Bearer' })
  if (host === 'login.microsoftonline.com') return json('cloud/azure-login', {
    token_type: 'Bearer', expires_in: 3_599, access_token: cast.secrets['azure-metadata-token'],
  })
  if (host.endsWith('.vault.azure.net')) return json(
    'cloud/azure-secrets',
    path.split('/').length > 2 ? { value: cast.secrets['aws-stored-secret'], id: asked.url } : { value: [{
      id: `https://${host}/secrets/database`, attributes: { enabled: true },
    }] },
  )
  if (/^\/api\/v1\/(?:namespaces|secrets|pods|nodes)/.test(path) && /kubernetes|:6443|^10\.|^k8s\./.test(`${host}:${asked.to?.port ?? ''}`)) return kubernetes(path, cast)
  if (asked.headers['x-vault-token'] !== undefined || /^\/v1\/(?:auth\/token|secret|sys\/|kv)/.test(path)) return vault(path, cast)
  return null
}

/** The service is the first label, the operation in a header, a form or the path. */
function aws({ host, headers, body, path }: Asked, { secrets, person }: Cast): Answer {
  const service = host.split('.')[0] ?? ''
  const operation = headers['x-amz-target']?.split('.').at(-1) ?? /(?:^|&)Action=(\w{1,60})/.exec(body.subarray(0, 2_000).toString('latin1'))?.[1] ?? ''
  if (service === 'sts') return text(
    'cloud/aws-identity',
    `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::391584027716:user/${person.login}</Arn><UserId>AIDAVWGOEXAMPLE5RT2HK</UserId><Account>391584027716</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    'text/xml',
  )
  if (service === 'secretsmanager') {
    return operation === 'GetSecretValue' ? json('cloud/aws-secret', {
      ARN: 'arn:aws:secretsmanager:eu-central-1:391584027716:secret:prod/database', Name: 'prod/database',
      SecretString: JSON.stringify({ username: 'app', password: secrets['aws-stored-secret'] }), VersionStages: ['AWSCURRENT'],
    })
      : json('cloud/aws-secrets', { SecretList: [{ ARN: 'arn:aws:secretsmanager:eu-central-1:391584027716:secret:prod/database', Name: 'prod/database' }] })
  }
  if (service === 'ssm') return json(
    'cloud/aws-parameters',
    { Parameters: [{ Name: '/prod/database/password', Type: 'SecureString', Value: secrets['aws-stored-secret'], Version: 3 }] },
  )
  if (/^s3\b/.test(host) || host.includes('.s3.') || host.includes('.s3-')) {
    return path === '/' ? text('cloud/aws-buckets', `<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult><Owner><ID>b5d1</ID></Owner><Buckets><Bucket><Name>${person.organisation}-backups</Name><CreationDate>2024-03-01T00:00:00.000Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>`, 'application/xml') : text('cloud/aws-object', '', 'application/octet-stream')
  }
  return /x-amz-json/.test(headers['content-type'] ?? '') ? json('cloud/aws', {}) : text('cloud/aws', `<${operation || 'Other'}Response/>`, 'text/xml')
}

function google({ path }: Asked, { secrets, person }: Cast): Answer {
  if (path.endsWith(':access')) return json('cloud/google-secret', {
    name: path.slice(4), payload: { data: Buffer.from(secrets['aws-stored-secret']).toString('base64') },
  })
  return json('cloud/google-secrets', { secrets: [{ name: `projects/${person.organisation}-prod/secrets/database-password` }] })
}

function kubernetes(path: string, { secrets }: Cast): Answer {
  if (/\/secrets/.test(path)) return json('cloud/kubernetes-secrets', { kind: 'SecretList', apiVersion: 'v1', items: [{ metadata: { name: 'database', namespace: 'default' }, type: 'Opaque', data: { password: Buffer.from(secrets['kube-secret']).toString('base64') } }] })
  return json('cloud/kubernetes', { kind: 'List', apiVersion: 'v1', items: [{ metadata: { name: 'default' } }] })
}

function vault(path: string, { secrets }: Cast): Answer {
  if (/lookup-self/.test(path)) return json('cloud/vault', { data: { display_name: 'ldap-developer', policies: ['default', 'app'], ttl: 2_764_790 } })
  return json('cloud/vault-secret', { data: { data: { password: secrets['kube-secret'] }, keys: ['database'] } })
}
