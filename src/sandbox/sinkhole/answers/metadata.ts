import { json, text, type Answer, type Asked } from './answer.ts'
import type { Cast } from './cast.ts'

const ROLE = 'app-production'
const EXPIRES = '2030-01-01T00:00:00Z'

/** What clouds tell the machines that run in them, by the addresses and names they do it under. */
export function metadata(asked: Asked, cast: Cast): Answer | null {
  const address = asked.to?.address ?? ''
  const is = (...hosts: readonly string[]): boolean => hosts.includes(asked.host) || hosts.includes(address)
  if (is('169.254.170.2')) return ecs(asked, cast)
  if (is('metadata.google.internal', 'metadata') || (is('169.254.169.254') && asked.path.startsWith('/computeMetadata'))) return google(asked, cast)
  if (is('100.100.100.200') || (is('169.254.169.254') && /^\/(?:opc|openstack)\//.test(asked.path))) return json('metadata/other', { region: 'eu-frankfurt-1', id: 'ocid1.instance.oc1' })
  if (!is('169.254.169.254', 'fd00:ec2::254', 'instance-data')) return null
  return asked.path.startsWith('/metadata/') ? azure(asked, cast) : aws(asked, cast)
}

/** IMDSv1 and v2 (docs.aws.amazon.com, "Instance metadata categories"). */
function aws({ method, path }: Asked, { secrets, person }: Cast): Answer {
  const say = (body: string): Answer => text('metadata/aws', body, 'text/plain')
  if (path === '/latest/api/token') return method === 'PUT' ? { script: 'metadata/aws-token', status: 200, headers: {
    'x-aws-ec2-metadata-token-ttl-seconds': '21600', 'content-type': 'text/plain',
  }, body: 'AQAEAFz1uJ1tBqH3QwJ0s1b6vUu0nXk3a9L2mZ8cRYtP5dWe7gHj==' } : text('metadata/aws', '', 'text/plain', 405)
  const tail = path.replace(/^\/(?:latest|20\d\d-\d\d-\d\d)\/?/, '').replace(/\/$/, '')
  const credentials = {
    Code: 'Success', LastUpdated: '2026-09-01T08:00:00Z', Type: 'AWS-HMAC', AccessKeyId: secrets['aws-metadata-key-id'],
    SecretAccessKey: secrets['aws-metadata-secret-key'], Token: secrets['aws-metadata-session'], Expiration: EXPIRES,
  }
  const known: Readonly<Record<string, string>> = {
    '': 'dynamic\nmeta-data\nuser-data',
    'meta-data': 'ami-id\nhostname\niam/\ninstance-id\ninstance-type\nlocal-ipv4\nplacement/\npublic-ipv4\nsecurity-groups',
    'meta-data/iam': 'info\nsecurity-credentials/',
    'meta-data/iam/security-credentials': ROLE, 'meta-data/ami-id': 'ami-0a1b2c3d4e5f60718',
    'meta-data/hostname': 'ip-10-0-4-17.eu-central-1.compute.internal', 'meta-data/instance-id': 'i-0f3c8e1d9b7a64253',
    'meta-data/instance-type': 'm7i.large', 'meta-data/local-ipv4': '10.0.4.17',
    'meta-data/placement/region': 'eu-central-1', 'meta-data/placement/availability-zone': 'eu-central-1a', 'meta-data/security-groups': 'default',
    'user-data': `#!/bin/bash\nexport APP=${person.project}\n`,
  }
  if (tail.startsWith('meta-data/iam/security-credentials/')) return json('metadata/aws-credentials', credentials)
  if (tail === 'meta-data/iam/info') return json('metadata/aws', {
    Code: 'Success', InstanceProfileArn: `arn:aws:iam::391584027716:instance-profile/${ROLE}`, InstanceProfileId: 'AIPAVWGOEXAMPLE3Q7XK',
  })
  if (tail === 'dynamic/instance-identity/document') return json('metadata/aws', {
    accountId: '391584027716', region: 'eu-central-1', instanceId: known['meta-data/instance-id'], instanceType: 'm7i.large',
    imageId: known['meta-data/ami-id'], privateIp: '10.0.4.17',
  })
  return Object.hasOwn(known, tail) ? say(known[tail] as string) : text('metadata/aws', 'Not Found', 'text/plain', 404)
}

function ecs({ path }: Asked, { secrets }: Cast): Answer {
  if (/credentials/.test(path)) return json('metadata/ecs-credentials', { RoleArn: `arn:aws:iam::391584027716:role/${ROLE}`, AccessKeyId: secrets['aws-metadata-key-id'], SecretAccessKey: secrets['aws-container-secret-key'], Token: secrets['aws-metadata-session'], Expiration: EXPIRES })
  return json('metadata/ecs', {
    Cluster: 'production', TaskARN: 'arn:aws:ecs:eu-central-1:391584027716:task/production/9f2c', Family: ROLE, Revision: '41',
    DesiredStatus: 'RUNNING', KnownStatus: 'RUNNING',
  })
}

function google({ path }: Asked, { secrets, person }: Cast): Answer {
  const flavoured = (answer: Answer): Answer => ({ ...answer, headers: { ...answer.headers, 'metadata-flavor': 'Google', server: 'Metadata Server for VM' } })
  const account = `deploy@${person.organisation}-prod.iam.gserviceaccount.com`
  if (path.endsWith('/token')) return flavoured(json('metadata/google-token', {
    access_token: secrets['gcp-metadata-token'], expires_in: 3_412, token_type: 'Bearer',
  }))
  if (path.endsWith('/identity')) return flavoured(text('metadata/google-token', secrets['oidc-token']))
  const known: Readonly<Record<string, string>> = {
    email: account, scopes: 'https://www.googleapis.com/auth/cloud-platform\n', 'project-id': `${person.organisation}-prod`,
    'numeric-project-id': '482915573306', hostname: `worker-1.c.${person.organisation}-prod.internal`,
    zone: 'projects/482915573306/zones/europe-west3-b', 'service-accounts': `default/\n${account}/\n`, 'kube-env': 'KUBERNETES_MASTER: "false"\n',
  }
  const last = path.replace(/\/$/, '').split('/').at(-1) ?? ''
  return flavoured(text('metadata/google', Object.hasOwn(known, last) ? known[last] as string : 'attributes/\nid\nservice-accounts/\n'))
}

function azure({ path }: Asked, { secrets, person }: Cast): Answer {
  if (path.startsWith('/metadata/identity/oauth2/token')) return json('metadata/azure-token', {
    access_token: secrets['azure-metadata-token'], client_id: '6f1a2b3c-4d5e-4f60-8a7b-9c0d1e2f3a4b', expires_in: '86400', expires_on: '1900000000',
    resource: 'https://management.azure.com/', token_type: 'Bearer',
  })
  return json(
    'metadata/azure',
    { compute: {
      azEnvironment: 'AzurePublicCloud', location: 'westeurope', name: `${person.project}-vm`, osType: 'Linux', resourceGroupName: 'production',
      subscriptionId: '1c2d3e4f-5a6b-4c7d-8e9f-0a1b2c3d4e5f', vmSize: 'Standard_D4s_v5',
    } },
  )
}
