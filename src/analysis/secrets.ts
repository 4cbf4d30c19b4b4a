const SECRET = /TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|AUTH_?KEY|SESSION_?KEY|_AUTH$|^(?:AWS|GH|GITHUB|NPM|PYPI|TWINE|DOCKER|AZURE|GOOGLE|OPENAI|ANTHROPIC)_\w*(?:KEY|TOKEN|PASS)|MNEMONIC|SEED_?PHRASE|CONNECTION_?STRING|^(?:DATABASE|POSTGRES|POSTGRESQL|MYSQL|MONGO|MONGODB|REDIS|DB)_(?:URL|URI|DSN)$/i

/** Whether a variable of this name holds something that lets somebody act as its owner. */
export const secretIn = (name: string): boolean => name.length <= 200 && SECRET.test(name)
