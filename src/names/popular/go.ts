/** Well-known modules, roughly the most imported first, as a start until a list is imported (`sluice names update`). */
const ON = (host: string, list: string): string[] => list.trim().split(/\s+/).map((path) => `${host}/${path}`)

export const goPopular: readonly string[] = [
  ...ON('golang.org/x', 'sys net text crypto sync tools mod term oauth2 time exp xerrors image lint build arch vuln telemetry perf review mobile'),
  ...ON('google.golang.org', 'protobuf grpc api genproto appengine genproto/googleapis/rpc genproto/googleapis/api grpc/cmd/protoc-gen-go-grpc'),
  ...ON('github.com', `stretchr/testify davecgh/go-spew pmezard/go-difflib google/go-cmp google/uuid pkg/errors golang/protobuf spf13/cobra
    spf13/pflag sirupsen/logrus gorilla/mux gorilla/websocket spf13/viper gogo/protobuf golang/mock prometheus/client_golang prometheus/client_model
    prometheus/common prometheus/procfs json-iterator/go modern-go/reflect2 modern-go/concurrent kr/pretty kr/text kr/pty mattn/go-isatty
    mattn/go-colorable mattn/go-runewidth mattn/go-sqlite3 mattn/go-shellwords fatih/color cespare/xxhash/v2 beorn7/perks fsnotify/fsnotify
    hashicorp/golang-lru hashicorp/go-multierror hashicorp/errwrap hashicorp/go-cleanhttp hashicorp/go-retryablehttp hashicorp/go-version
    hashicorp/hcl hashicorp/hcl/v2 hashicorp/go-hclog hashicorp/go-plugin hashicorp/go-uuid hashicorp/go-getter hashicorp/go-immutable-radix
    hashicorp/go-memdb hashicorp/go-msgpack hashicorp/go-sockaddr hashicorp/go-rootcerts hashicorp/go-safetemp hashicorp/raft hashicorp/serf
    hashicorp/memberlist hashicorp/consul/api hashicorp/vault/api hashicorp/vault/sdk hashicorp/terraform-plugin-sdk/v2
    hashicorp/terraform-plugin-framework hashicorp/terraform-plugin-go hashicorp/terraform-plugin-log hashicorp/terraform-exec
    hashicorp/terraform-json hashicorp/logutils hashicorp/yamux hashicorp/nomad hashicorp/boundary gin-gonic/gin gin-contrib/sse gin-contrib/cors
    gin-contrib/sessions gin-contrib/gzip labstack/echo labstack/echo/v4 labstack/gommon gofiber/fiber/v2 gofiber/utils valyala/fasthttp
    valyala/fasttemplate valyala/bytebufferpool go-chi/chi go-chi/chi/v5 go-chi/cors go-chi/render julienschmidt/httprouter gorilla/handlers
    gorilla/sessions gorilla/securecookie gorilla/schema gorilla/context gorilla/css gorilla/rpc urfave/cli urfave/cli/v2 urfave/negroni
    alecthomas/kingpin/v2 alecthomas/kong alecthomas/units alecthomas/participle jessevdk/go-flags pelletier/go-toml pelletier/go-toml/v2
    BurntSushi/toml burntsushi/xgb magiconair/properties mitchellh/mapstructure mitchellh/go-homedir mitchellh/copystructure mitchellh/reflectwalk
    mitchellh/go-testing-interface mitchellh/cli mitchellh/colorstring mitchellh/hashstructure spf13/afero spf13/cast spf13/jwalterweatherman
    subosito/gotenv sagikazarmark/locafero sagikazarmark/slog-shim joho/godotenv caarlos0/env kelseyhightower/envconfig ghodss/yaml goccy/go-yaml
    goccy/go-json bytedance/sonic mailru/easyjson buger/jsonparser tidwall/gjson tidwall/sjson tidwall/match tidwall/pretty tidwall/btree
    tidwall/redcon segmentio/encoding segmentio/kafka-go segmentio/ksuid Shopify/sarama IBM/sarama confluentinc/confluent-kafka-go twmb/franz-go
    nats-io/nats.go nats-io/nats-server/v2 nats-io/nkeys nats-io/nuid streadway/amqp rabbitmq/amqp091-go eclipse/paho.mqtt.golang go-redis/redis
    go-redis/redis/v8 redis/go-redis/v9 gomodule/redigo alicebob/miniredis/v2 bradfitz/gomemcache allegro/bigcache patrickmn/go-cache
    dgraph-io/ristretto dgraph-io/badger dgraph-io/badger/v3 dgraph-io/badger/v4 boltdb/bolt syndtr/goleveldb cockroachdb/pebble cockroachdb/errors
    jmoiron/sqlx lib/pq jackc/pgx jackc/pgx/v4 jackc/pgx/v5 jackc/pgconn jackc/pgtype jackc/pgproto3/v2 jackc/puddle jackc/pgpassfile
    jackc/pgservicefile go-sql-driver/mysql go-pg/pg denisenkom/go-mssqldb microsoft/go-mssqldb sijms/go-ora ClickHouse/clickhouse-go/v2 gocql/gocql
    neo4j/neo4j-go-driver jinzhu/gorm jinzhu/inflection jinzhu/now jinzhu/copier uptrace/bun volatiletech/sqlboiler volatiletech/null
    Masterminds/squirrel golang-migrate/migrate/v4 pressly/goose rubenv/sql-migrate lann/builder lann/ps doug-martin/goqu xo/dburl
    elastic/go-elasticsearch/v8 olivere/elastic olivere/elastic/v7 opensearch-project/opensearch-go influxdata/influxdb-client-go/v2
    influxdata/line-protocol influxdata/telegraf aws/aws-sdk-go aws/aws-sdk-go-v2 aws/aws-sdk-go-v2/config aws/aws-sdk-go-v2/credentials
    aws/aws-sdk-go-v2/service/s3 aws/aws-sdk-go-v2/service/sts aws/aws-sdk-go-v2/service/sso aws/aws-sdk-go-v2/service/dynamodb
    aws/aws-sdk-go-v2/service/sqs aws/aws-sdk-go-v2/service/ec2 aws/aws-sdk-go-v2/service/secretsmanager aws/aws-sdk-go-v2/feature/s3/manager
    aws/smithy-go aws/aws-lambda-go aws/aws-cdk-go/awscdk/v2 aws/jsii-runtime-go aws/constructs-go/constructs/v10 Azure/azure-sdk-for-go
    Azure/azure-sdk-for-go/sdk/azcore Azure/azure-sdk-for-go/sdk/azidentity Azure/azure-sdk-for-go/sdk/storage/azblob
    Azure/azure-sdk-for-go/sdk/internal Azure/go-autorest Azure/go-autorest/autorest Azure/go-ansiterm Azure/azure-storage-blob-go
    AzureAD/microsoft-authentication-library-for-go googleapis/gax-go/v2 googleapis/enterprise-certificate-proxy google/s2a-go google/go-github
    google/go-github/v32 google/go-querystring google/gofuzz google/btree google/pprof google/wire google/gops google/shlex google/gopacket
    google/go-containerregistry google/cel-go google/gnostic google/gnostic-models google/renameio google/subcommands google/martian
    google/go-jsonnet google/addlicense google/osv-scanner google/licenseclassifier google/orderedcode google/trillian
    google/certificate-transparency-go google/flatbuffers google/safetext golang/glog golang/groupcache golang/snappy golang/geo golang/freetype
    golang-jwt/jwt golang-jwt/jwt/v4 golang-jwt/jwt/v5 golangci/golangci-lint dgrijalva/jwt-go lestrrat-go/jwx lestrrat-go/jwx/v2 go-jose/go-jose/v3
    go-jose/go-jose/v4 square/go-jose coreos/go-oidc coreos/go-oidc/v3 coreos/go-semver coreos/go-systemd coreos/go-systemd/v22 coreos/etcd
    coreos/pkg coreos/bbolt docker/docker docker/cli docker/go-connections docker/go-units docker/distribution docker/libnetwork docker/go-metrics
    docker/docker-credential-helpers docker/compose/v2 docker/buildx moby/buildkit moby/term moby/sys/mountinfo moby/spdystream moby/locker
    moby/patternmatcher containerd/containerd containerd/containerd/v2 containerd/continuity containerd/log containerd/fifo containerd/ttrpc
    containerd/typeurl containerd/cgroups containerd/console containerd/stargz-snapshotter containerd/nerdctl opencontainers/go-digest
    opencontainers/image-spec opencontainers/runc opencontainers/runtime-spec opencontainers/selinux distribution/reference
    distribution/distribution/v3 containers/image/v5 containers/storage containers/common containers/podman/v5 containernetworking/cni
    containernetworking/plugins argoproj/argo-cd/v2 argoproj/argo-workflows/v3 fluxcd/flux2 operator-framework/api operator-framework/operator-sdk
    openshift/api openshift/client-go openshift/library-go envoyproxy/go-control-plane envoyproxy/protoc-gen-validate cncf/xds/go cncf/udpa/go
    census-instrumentation/opencensus-proto grpc-ecosystem/grpc-gateway grpc-ecosystem/grpc-gateway/v2 grpc-ecosystem/go-grpc-middleware
    grpc-ecosystem/go-grpc-prometheus bufbuild/buf bufbuild/protocompile bufbuild/connect-go twitchtv/twirp go-kit/kit go-kit/log go-logfmt/logfmt
    go-logr/logr go-logr/stdr go-logr/zapr go-openapi/spec go-openapi/swag go-openapi/jsonpointer go-openapi/jsonreference go-openapi/errors
    go-openapi/strfmt go-openapi/validate go-openapi/runtime go-openapi/loads go-openapi/analysis go-swagger/go-swagger swaggo/swag
    swaggo/gin-swagger swaggo/files getkin/kin-openapi deepmap/oapi-codegen oapi-codegen/runtime emicklei/go-restful emicklei/go-restful/v3
    munnerz/goautoneg evanphx/json-patch josharian/intern imdario/mergo asaskevich/govalidator go-playground/validator go-playground/validator/v10
    go-playground/locales go-playground/universal-translator go-playground/assert/v2 leodido/go-urn gabriel-vasile/mimetype rs/zerolog rs/xid
    rs/cors uber/jaeger-client-go uber/jaeger-lib opentracing/opentracing-go openzipkin/zipkin-go DataDog/datadog-go DataDog/dd-trace-go
    DataDog/zstd getsentry/sentry-go newrelic/go-agent/v3 honeycombio/libhoney-go VictoriaMetrics/metrics grafana/loki grafana/grafana grafana/tempo
    thanos-io/thanos cortexproject/cortex prometheus/prometheus prometheus/alertmanager prometheus/node_exporter prometheus/exporter-toolkit
    klauspost/compress klauspost/cpuid/v2 klauspost/pgzip pierrec/lz4 pierrec/lz4/v4 andybalholm/brotli ulikunitz/xz dsnet/compress
    nwaples/rardecode mholt/archiver/v3 minio/minio-go/v7 minio/md5-simd minio/sha256-simd minio/minio minio/highwayhash cenkalti/backoff
    cenkalti/backoff/v4 avast/retry-go sony/gobreaker afex/hystrix-go robfig/cron robfig/cron/v3 go-co-op/gocron panjf2000/ants panjf2000/gnet
    sourcegraph/conc oklog/run oklog/ulid/v2 samber/lo samber/mo thoas/go-funk deckarep/golang-set deckarep/golang-set/v2 emirpasic/gods
    elliotchance/orderedmap wk8/go-ordered-map bits-and-blooms/bitset bits-and-blooms/bloom RoaringBitmap/roaring shopspring/decimal
    ericlagergren/decimal dustin/go-humanize olekukonko/tablewriter jedib0t/go-pretty/v6 schollz/progressbar/v3 cheggaaa/pb vbauerster/mpb
    briandowns/spinner manifoldco/promptui AlecAivazis/survey/v2 charmbracelet/bubbletea charmbracelet/lipgloss charmbracelet/bubbles
    charmbracelet/glamour charmbracelet/huh muesli/termenv muesli/reflow rivo/tview rivo/uniseg gdamore/tcell/v2 gdamore/encoding nsf/termbox-go
    chzyer/readline peterh/liner c-bata/go-prompt logrusorgru/aurora gookit/color pterm/pterm onsi/ginkgo onsi/ginkgo/v2 onsi/gomega
    smartystreets/goconvey smartystreets/assertions jarcoal/httpmock h2non/gock DATA-DOG/go-sqlmock vektra/mockery/v2 matryer/is matryer/moq
    frankban/quicktest testcontainers/testcontainers-go ory/dockertest/v3 brianvoe/gofakeit/v6 bxcodec/faker go-resty/resty/v2 imroc/req/v3
    parnurzeal/gorequest levigross/grequests PuerkitoBio/goquery andybalholm/cascadia gocolly/colly chromedp/chromedp chromedp/cdproto go-rod/rod
    playwright-community/playwright-go yuin/goldmark yuin/goldmark-emoji russross/blackfriday russross/blackfriday/v2 microcosm-cc/bluemonday
    gomarkdown/markdown aymerick/raymond aymerick/douceur Masterminds/sprig Masterminds/sprig/v3 Masterminds/semver Masterminds/semver/v3
    Masterminds/goutils blang/semver blang/semver/v4 huandu/xstrings flosch/pongo2 a-h/templ CloudyKit/jet gobwas/glob gobwas/ws gobwas/httphead
    gobwas/pool coder/websocket r3labs/sse pion/webrtc/v3 pion/dtls/v2 pion/ice/v2 pion/logging pion/rtp pion/sdp/v3 pion/stun pion/turn/v2
    quic-go/quic-go lucas-clemente/quic-go miekg/dns miekg/pkcs11 caddyserver/caddy/v2 caddyserver/certmagic go-acme/lego/v4 letsencrypt/boulder
    cloudflare/circl cloudflare/cfssl cloudflare/cloudflare-go traefik/traefik/v3 traefik/yaegi libp2p/go-libp2p libp2p/go-libp2p-core ipfs/go-cid
    ipfs/kubo ipfs/go-log multiformats/go-multiaddr multiformats/go-multihash multiformats/go-multibase ethereum/go-ethereum btcsuite/btcd
    btcsuite/btcd/btcec/v2 btcsuite/btcutil decred/dcrd/dcrec/secp256k1/v4 holiman/uint256 cosmos/cosmos-sdk cosmos/ibc-go tendermint/tendermint
    cometbft/cometbft cosmos/gogoproto hyperledger/fabric gagliardetto/solana-go filecoin-project/lotus consensys/gnark ProtonMail/go-crypto
    ProtonMail/gopenpgp/v2 sigstore/cosign/v2 sigstore/rekor sigstore/sigstore in-toto/in-toto-golang theupdateframework/go-tuf
    secure-systems-lab/go-securesystemslib anchore/syft anchore/grype aquasecurity/trivy gitleaks/gitleaks zricethezav/gitleaks securego/gosec/v2
    go-git/go-git/v5 go-git/go-billy/v5 src-d/go-git libgit2/git2go xanzy/go-gitlab xanzy/ssh-agent emirpasic/gods/v2 kevinburke/ssh_config
    skeema/knownhosts pkg/sftp pkg/browser pkg/profile pkg/xattr shirou/gopsutil shirou/gopsutil/v3 shirou/gopsutil/v4 tklauser/go-sysconf
    tklauser/numcpus yusufpapurcu/wmi go-ole/go-ole StackExchange/wmi lufia/plan9stats power-devops/perfstat elastic/gosigar elastic/go-sysinfo
    elastic/beats/v7 vishvananda/netlink vishvananda/netns mdlayher/netlink mdlayher/socket google/nftables cilium/ebpf cilium/cilium
    Microsoft/go-winio Microsoft/hcsshim kardianos/service kardianos/osext sevlyar/go-daemon judwhite/go-svc creack/pty armon/go-metrics
    armon/go-radix armon/go-socks5 armon/circbuf armon/consul-api ryanuber/columnize ryanuber/go-glob posener/complete agext/levenshtein
    apparentlymart/go-cidr apparentlymart/go-textseg/v15 zclconf/go-cty zclconf/go-cty-yaml vmihailenco/msgpack/v5 vmihailenco/tagparser/v2
    ugorji/go/codec ugorji/go hamba/avro linkedin/goavro/v2 apache/thrift apache/arrow/go/v14 apache/pulsar-client-go xitongsys/parquet-go
    parquet-go/parquet-go xuri/excelize 360EntSecGroup-Skylar/excelize qax-os/excelize jung-kurt/gofpdf go-pdf/fpdf signintech/gopdf unidoc/unipdf
    disintegration/imaging nfnt/resize fogleman/gg h2non/bimg h2non/filetype skip2/go-qrcode boombuler/barcode graphql-go/graphql 99designs/gqlgen
    vektah/gqlparser/v2 graph-gophers/graphql-go hasura/go-graphql-client machinebox/graphql shurcooL/githubv4 shurcooL/graphql
    shurcooL/sanitized_anchor_name sashabaranov/go-openai openai/openai-go anthropics/anthropic-sdk-go tmc/langchaingo ollama/ollama
    pkoukk/tiktoken-go milvus-io/milvus-sdk-go/v2 qdrant/go-client weaviate/weaviate pinecone-io/go-pinecone slack-go/slack bwmarrin/discordgo
    bwmarrin/snowflake go-telegram-bot-api/telegram-bot-api go-telegram/bot stripe/stripe-go/v72 twilio/twilio-go sendgrid/sendgrid-go
    mailgun/mailgun-go jordan-wright/email casbin/casbin/v2 casbin/gorm-adapter/v3 ory/fosite ory/x ory/hydra ory/kratos open-policy-agent/opa
    markbates/goth crewjam/saml russellhaering/goxmldsig beevik/etree pquerna/otp alexedwards/argon2id alexedwards/scs/v2 gofrs/uuid gofrs/flock
    satori/go.uuid lithammer/shortuuid teris-io/shortid rogpeppe/go-internal rogpeppe/fastuuid niemeyer/pretty hpcloud/tail nxadm/tail
    facebookgo/stack facebookgo/inject juju/ratelimit juju/errors beego/beego/v2 astaxie/beego revel/revel kataras/iris/v12 gobuffalo/buffalo
    gobuffalo/packr gobuffalo/pop rakyll/statik jteeuwen/go-bindata shuLhan/go-bindata GeertJohan/go.rice markbates/pkger cosmtrek/air air-verse/air
    zeromicro/go-zero go-kratos/kratos/v2 cloudwego/hertz cloudwego/kitex cloudwego/netpoll bytedance/gopkg apache/dubbo-go asim/go-micro
    micro/go-micro nacos-group/nacos-sdk-go hibiken/asynq RichardKnop/machinery ThreeDotsLabs/watermill gocraft/work adhocore/gronx tinylib/msgp
    philhofer/fwd templexxx/xor xtaci/kcp-go songgao/water sjwhitworth/golearn montanaflynn/stats wcharczuk/go-chart go-echarts/go-echarts
    hajimehoshi/ebiten/v2 faiface/pixel veandco/go-sdl2 go-gl/gl wailsapp/wails/v2 zserge/lorca webview/webview stoewer/go-strcase
    iancoleman/strcase gertd/go-pluralize gosimple/slug sergi/go-diff hexops/gotextdiff xeipuuv/gojsonschema xeipuuv/gojsonpointer
    santhosh-tekuri/jsonschema/v5 qri-io/jsonschema PaesslerAG/gval PaesslerAG/jsonpath antonmedv/expr expr-lang/expr Knetic/govaluate
    robertkrimen/otto dop251/goja yuin/gopher-lua tetratelabs/wazero wasmerio/wasmer-go bytecodealliance/wasmtime-go cockroachdb/apd pingcap/parser
    pingcap/tidb pingcap/log pingcap/errors xwb1989/sqlparser antlr/antlr4/runtime/Go/antlr alecthomas/chroma alecthomas/chroma/v2 dlclark/regexp2
    mna/pigeon magefile/mage goreleaser/goreleaser goreleaser/nfpm go-task/task/v3 kisielk/errcheck gordonklaus/ineffassign client9/misspell
    fzipp/gocyclo mgechev/revive segmentio/golines`),
  ...ON('gopkg.in', `yaml.v2 yaml.v3 check.v1 ini.v1 tomb.v1 tomb.v2 inf.v0 natefinch/lumberjack.v2 square/go-jose.v2 go-playground/validator.v9
    mgo.v2 redis.v5 gomail.v2 alecthomas/kingpin.v2 errgo.v2 src-d/go-git.v4 src-d/go-billy.v4 warnings.v0 jcmturner/gokrb5.v7 resty.v1
    cheggaaa/pb.v1 ldap.v3 fsnotify.v1 guregu/null.v4 telebot.v3`),
  ...ON('k8s.io', `api apimachinery client-go klog klog/v2 utils kube-openapi apiserver apiextensions-apiserver component-base code-generator gengo
    kubectl kubernetes metrics cli-runtime kube-aggregator cri-api cloud-provider test-infra`),
  ...ON('sigs.k8s.io', `controller-runtime yaml structured-merge-diff/v4 json kustomize/api kustomize/kyaml controller-tools kind cluster-api
    gateway-api e2e-framework`),
  ...ON('go.uber.org', 'zap atomic multierr goleak fx dig mock ratelimit automaxprocs'),
  ...ON('go.opentelemetry.io', `otel otel/trace otel/metric otel/sdk otel/exporters/otlp/otlptrace otel/exporters/otlp/otlptrace/otlptracegrpc
    otel/exporters/prometheus otel/exporters/jaeger contrib/instrumentation/net/http/otelhttp
    contrib/instrumentation/google.golang.org/grpc/otelgrpc auto/sdk proto/otlp collector`),
  ...ON('go.etcd.io', 'bbolt etcd/client/v3 etcd/api/v3 etcd/client/pkg/v3 etcd/server/v3 etcd/raft/v3'),
  ...ON('cloud.google.com/go', `storage compute compute/metadata iam auth auth/oauth2adapt pubsub bigquery firestore datastore spanner logging
    monitoring secretmanager longrunning kms trace translate bigtable`),
  ...`
    cloud.google.com/go go.mongodb.org/mongo-driver go.mongodb.org/mongo-driver/v2 go.opencensus.io gorm.io/gorm gorm.io/driver/mysql
    gorm.io/driver/postgres gorm.io/driver/sqlite gorm.io/driver/sqlserver gotest.tools gotest.tools/v3 honnef.co/go/tools mvdan.cc/sh/v3
    mvdan.cc/gofumpt mvdan.cc/xurls/v2 rsc.io/quote rsc.io/sampler dario.cat/mergo filippo.io/edwards25519 filippo.io/age modernc.org/sqlite
    modernc.org/libc modernc.org/memory modernc.org/mathutil entgo.io/ent ariga.io/atlas helm.sh/helm/v3 oras.land/oras-go oras.land/oras-go/v2
    knative.dev/pkg knative.dev/serving istio.io/api istio.io/client-go fyne.io/fyne/v2 gioui.org gonum.org/v1/gonum gonum.org/v1/plot
    gocv.io/x/gocv nhooyr.io/websocket zombiezen.com/go/sqlite lukechampine.com/blake3 lukechampine.com/uint128 go.temporal.io/sdk
    go.temporal.io/api go.step.sm/crypto go.starlark.net go.yaml.in/yaml/v2 go.yaml.in/yaml/v3
    buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go connectrpc.com/connect gitlab.com/gitlab-org/api/client-go tailscale.com
    gvisor.dev/gvisor golang.zx2c4.com/wireguard inet.af/netaddr go4.org/netipx xorm.io/xorm xorm.io/builder code.gitea.io/sdk/gitea
    code.cloudfoundry.org/bytefmt contrib.go.opencensus.io/exporter/stackdriver cel.dev/expr cuelang.org/go go.dedis.ch/kyber/v3 storj.io/uplink
    software.sslmate.com/src/go-pkcs12 resty.dev/v3 istio.io/istio vitess.io/vitess gorgonia.org/gorgonia
  `.trim().split(/\s+/),
].filter((path, at, all) => all.indexOf(path) === at)
