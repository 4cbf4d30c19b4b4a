import { z } from 'zod'

const tool = z.string().min(1).max(60).regex(/^[\w.@-]+$/, 'not the name of a tool: as sluice downloads shows it')

/** What `downloads` may say: what deliveries are taken for, and where countries are read from. */
export const downloads = z.strictObject({
  countries: z.string().min(1).max(2_000).optional().meta({ description: 'A database of countries in MaxMind\'s format; absent: built in, or what sluice downloads update-countries put there', examples: ['countries.mmdb'] }),
  classes: z.array(z.strictObject({
    class: z.enum(['mirror', 'scanner', 'ci', 'person', 'unknown']).meta({ description: 'What they are' }),
    because: z.string({ error: 'a class needs a reason' }).trim().min(1, 'a class needs a reason').max(200).meta({ description: 'Why; reports say it', examples: ['our nightly audit'] }),
    tokens: z.array(z.string().min(1).max(128)).max(1_000).prefault([]).meta({ description: 'Names of tokens', examples: [['audit']] }),
    networks: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: 'not an address or network' })).max(1_000).prefault([])
      .meta({ description: 'Addresses and networks', examples: [['192.0.2.0/24']] }),
    agents: z.array(tool).max(1_000).prefault([]).meta({ description: 'Tools, as they call themselves', examples: [['curl']] }),
  }).refine(({ tokens, networks, agents }) => tokens.length + networks.length + agents.length > 0, 'name tokens, networks or agents'))
    .max(1_000).prefault([]).meta({ description: 'What you know of your own network; the first that fits counts before everything else', examples: [[{ class: 'ci', because: 'build machines', networks: ['192.0.2.0/24'] }]] }),
})
