import { createCipheriv, pbkdf2Sync } from 'node:crypto'

/**
 * As Chrome keeps passwords and cookies on Linux where no keyring is to be had (`v10` of its os_crypt): whoever takes the file can
 * read it, and thieves' tools do.
 */
export function chromeEncrypted(text: string): Buffer {
  const cipher = createCipheriv('aes-128-cbc', pbkdf2Sync('peanuts', 'saltysalt', 1, 16, 'sha1'), Buffer.alloc(16, 0x20))
  return Buffer.concat([Buffer.from('v10'), cipher.update(text, 'utf8'), cipher.final()])
}
