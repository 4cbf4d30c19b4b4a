import { uuid } from '../shapes.ts'
import type { Scene } from '../scene.ts'

const binary = (secret: string): Buffer => Buffer.from(secret, 'latin1')

export function wallets({ secrets, dice, put }: Scene): void {
  put(
    '.config/Exodus/exodus.wallet/seed.seco',
    Buffer.concat([
      Buffer.from('SECO\0\0\0\0\0\0\0\0', 'latin1'), Buffer.from('seco-v0-scrypt-aes\0exodus-desktop\0', 'latin1'), binary(secrets['exodus-seed']),
    ]),
    0o600,
  )
  put('.config/Exodus/exodus.wallet/info.seco', Buffer.concat([Buffer.from('SECO\0\0\0\0\0\0\0\0', 'latin1'), dice.bytes(600)]), 0o600)
  put(
    '.electrum/wallets/default_wallet',
    `${JSON.stringify({ seed_version: 60, seed_type: 'bip39', use_encryption: false, wallet_type: 'standard', keystore: { type: 'bip32', seed: secrets['electrum-seed'], passphrase: '', derivation: "m/84'/0'/0'" } }, null, 4)}\n`,
    0o600,
  )
  put('.electrum/config', `${JSON.stringify({ config_version: 3, auto_connect: true, decimal_point: 8 }, null, 4)}\n`)
  put('.config/solana/id.json', JSON.stringify([...binary(secrets['solana-key'])]), 0o600)
  put(
    '.config/solana/cli/config.yml',
    '---\njson_rpc_url: https://api.mainnet-beta.solana.com\nkeypair_path: ~/.config/solana/id.json\ncommitment: confirmed\n',
  )
  // A Berkeley DB's first page: version and magic number where file(1) looks for them.
  const page = Buffer.alloc(512)
  page.writeUInt32LE(0x00053162, 12)
  page.writeUInt32LE(9, 16)
  put(
    '.bitcoin/wallet.dat',
    Buffer.concat([page, Buffer.from('\u0004mkey\u0001\0\0\0', 'latin1'), binary(secrets['bitcoin-wallet']), Buffer.alloc(256)]), 0o600,
  )
  const address = dice.bytes(20).toString('hex')
  put(`.ethereum/keystore/UTC--2025-03-14T09-21-44.118203941Z--${address}`, JSON.stringify({
    address, id: uuid(dice), version: 3, crypto: {
      cipher: 'aes-128-ctr', ciphertext: secrets['ethereum-keystore'], cipherparams: { iv: dice.bytes(16).toString('hex') }, kdf: 'scrypt',
      kdfparams: { dklen: 32, n: 262_144, p: 1, r: 8, salt: dice.bytes(32).toString('hex') }, mac: dice.bytes(32).toString('hex'),
    },
  }), 0o600)
}
