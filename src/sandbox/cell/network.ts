/**
 * The network of a cell: two namespaces joined by a cable. One holds the box and nothing else; the other holds the sinkhole, to
 * which every address of the world is its own. Neither has a way to the machine's network: there is no third interface.
 */

const BOX4 = '192.168.178.34'
const SINK4 = '192.168.178.1'
/** A prefix of its own (RFC 4193): resolvers prefer IPv4 before it, as at most homes. */
const BOX6 = 'fd5a:1c2e:9b27::22'
const SINK6 = 'fd5a:1c2e:9b27::1'

export const NETWORK = {
  resolver: SINK4,
  netns: '/run/netns/box',
  /** Ports on which the sinkhole listens as itself; whatever else is dialled reaches `other`, at the address that was meant. */
  tcp: [53, 80, 443, 8080],
  other: { tcp: 9000, udp: 9001 },
} as const

/** The network card of a laptop, by its vendor's prefix: a locally administered address would betray a virtual cable. */
const CARD = '3c:58:c2:7d:1e:94'

const LINKS = `
link set lo up
netns add box
link add home0 type veth peer name wlp2s0 address ${CARD} netns box
addr add ${SINK4}/24 dev home0
addr add ${SINK6}/64 dev home0 nodad
link set home0 up
route add ${BOX4}/32 dev home0 table local
route add ${BOX6}/128 dev home0 table local
route add local 0.0.0.0/0 dev lo table local
route add local ::/0 dev lo table local`

const BOX = `
link set lo up
addr add ${BOX4}/24 dev wlp2s0
addr add ${BOX6}/64 dev wlp2s0 nodad
link set wlp2s0 up
route add default via ${SINK4} dev wlp2s0
route add default via ${SINK6} dev wlp2s0`

/**
 * TCP keeps the address that was meant, and which port it was is noted by that of the client. UDP is answered from a socket that does not know for
 * whom it speaks, so the kernel has to remember it.
 */
const rules = (family: 'ip' | 'ip6', sink: string): string => {
  const at = (port: number): string => family === 'ip6' ? `[${sink}]:${port}` : `${sink}:${port}`
  return `table ${family} sink {
  map meant { type inet_service : inet_service; flags dynamic; size 65535; timeout 5m; }
  chain incoming {
    type nat hook prerouting priority dstnat;
    iifname "home0" tcp dport != { ${NETWORK.tcp.join(', ')} } update @meant { tcp sport : tcp dport } dnat to :${NETWORK.other.tcp}
    iifname "home0" udp dport 53 dnat to ${at(53)}
    iifname "home0" udp dport != 53 dnat to ${at(NETWORK.other.udp)}
  }
}
`
}

/** For `sh`, as the root of the cell's own namespaces. */
export const NETWORK_SCRIPT = `
ip -batch - <<'END'${LINKS}
END
ip -netns box -batch - <<'END'${BOX}
END
nft -f - <<'END'
${rules('ip', SINK4)}${rules('ip6', SINK6)}
END`
