import type { Persona, Person } from './person.ts'
import { uuid } from './shapes.ts'
import type { Dice } from './dice.ts'
import type { Secrets } from './tokens.ts'

/** The variables of a shell on a laptop, or of a job; all of them, also those without a secret. */
export function environmentOf(persona: Persona, person: Person, secrets: Secrets, dice: Dice): Record<string, string> {
  const common = { HOME: person.home, USER: person.user, LOGNAME: person.user, SHELL: '/bin/bash', LANG: 'en_US.UTF-8', PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }
  if (persona === 'laptop') return { ...common, ...laptop(person, secrets) }
  return { ...common, CI: 'true', ...(persona === 'ci' ? github(person, secrets, dice) : gitlab(person, secrets, dice)) }
}

function laptop(person: Person, secrets: Secrets): Record<string, string> {
  return {
    TERM: 'xterm-256color', COLORTERM: 'truecolor', EDITOR: 'vim', DISPLAY: ':0', XDG_SESSION_TYPE: 'x11', XDG_CURRENT_DESKTOP: 'GNOME',
    XDG_RUNTIME_DIR: '/run/user/1000', HOSTNAME: person.host,
    OPENAI_API_KEY: secrets['openai-env-key'], ANTHROPIC_API_KEY: secrets['anthropic-env-key'], AWS_ACCESS_KEY_ID: secrets['aws-env-key-id'],
    AWS_SECRET_ACCESS_KEY: secrets['aws-env-secret-key'], AWS_DEFAULT_REGION: 'eu-central-1',
  }
}

/** docs.github.com, "Default environment variables", and what a release job is given beside them. */
function github(person: Person, secrets: Secrets, dice: Dice): Record<string, string> {
  const run = dice.digits(11)
  const repository = `${person.organisation}/${person.project}`
  return {
    GITHUB_ACTIONS: 'true', GITHUB_ACTION: '__run', GITHUB_ACTOR: person.login, GITHUB_API_URL: 'https://api.github.com',
    GITHUB_SERVER_URL: 'https://github.com', GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_BASE_REF: '', GITHUB_EVENT_NAME: 'push', GITHUB_EVENT_PATH: `${person.home}/work/_temp/_github_workflow/event.json`, GITHUB_HEAD_REF: '',
    GITHUB_JOB: 'publish', GITHUB_REF: 'refs/tags/v2.14.3', GITHUB_REF_NAME: 'v2.14.3', GITHUB_REF_TYPE: 'tag',
    GITHUB_REPOSITORY: repository, GITHUB_REPOSITORY_OWNER: person.organisation, GITHUB_RUN_ATTEMPT: '1', GITHUB_RUN_ID: run,
    GITHUB_RUN_NUMBER: '318', GITHUB_SHA: dice.bytes(20).toString('hex'), GITHUB_WORKFLOW: 'release', GITHUB_WORKSPACE: person.projectFolder,
    GITHUB_TOKEN: secrets['github-ci-token'], NODE_AUTH_TOKEN: secrets['npm-ci-token'], NPM_TOKEN: secrets['npm-ci-token'],
    TWINE_USERNAME: '__token__', TWINE_PASSWORD: secrets['pypi-ci-token'],
    ACTIONS_ID_TOKEN_REQUEST_URL: `https://pipelines.actions.githubusercontent.com/${uuid(dice)}/_apis/distributedtask/hubs/Actions/plans/${uuid(dice)}/jobs/${uuid(dice)}/idtoken?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: secrets['oidc-request-token'],
    ACTIONS_RUNTIME_URL: 'https://pipelines.actions.githubusercontent.com/', ACTIONS_RUNTIME_TOKEN: secrets['actions-runtime-token'],
    ACTIONS_CACHE_URL: 'https://acghubeus1.actions.githubusercontent.com/',
    AWS_ACCESS_KEY_ID: secrets['aws-env-key-id'], AWS_SECRET_ACCESS_KEY: secrets['aws-env-secret-key'], AWS_DEFAULT_REGION: 'eu-central-1',
    RUNNER_ARCH: 'X64', RUNNER_ENVIRONMENT: 'github-hosted', RUNNER_NAME: 'GitHub Actions 12', RUNNER_OS: 'Linux',
    RUNNER_TEMP: `${person.home}/work/_temp`, RUNNER_TOOL_CACHE: '/opt/hostedtoolcache', RUNNER_WORKSPACE: `${person.home}/work/${person.project}`,
    ImageOS: 'ubuntu24', ImageVersion: '20260914.1.0',
  }
}

/** docs.gitlab.com, "Predefined CI/CD variables reference". */
function gitlab(person: Person, secrets: Secrets, dice: Dice): Record<string, string> {
  const path = `${person.organisation}/${person.project}`
  return {
    GITLAB_CI: 'true', CI_SERVER: 'yes', CI_SERVER_HOST: 'gitlab.com', CI_SERVER_URL: 'https://gitlab.com',
    CI_API_V4_URL: 'https://gitlab.com/api/v4', CI_PROJECT_ID: dice.digits(8), CI_PROJECT_NAME: person.project, CI_PROJECT_PATH: path,
    CI_PROJECT_URL: `https://gitlab.com/${path}`, CI_PROJECT_DIR: person.projectFolder,
    CI_JOB_ID: dice.digits(10), CI_JOB_NAME: 'publish', CI_JOB_STAGE: 'deploy', CI_PIPELINE_ID: dice.digits(9), CI_PIPELINE_SOURCE: 'push',
    CI_COMMIT_SHA: dice.bytes(20).toString('hex'), CI_COMMIT_REF_NAME: 'main', CI_COMMIT_BRANCH: 'main', CI_RUNNER_ID: dice.digits(8),
    GITLAB_USER_LOGIN: person.login, GITLAB_USER_EMAIL: person.email,
    CI_JOB_TOKEN: secrets['gitlab-job-token'], CI_REGISTRY_PASSWORD: secrets['gitlab-job-token'], NPM_TOKEN: secrets['npm-ci-token'],
    TWINE_PASSWORD: secrets['pypi-ci-token'], VAULT_ID_TOKEN: secrets['oidc-token'],
    AWS_ACCESS_KEY_ID: secrets['aws-env-key-id'], AWS_SECRET_ACCESS_KEY: secrets['aws-env-secret-key'],
  }
}
