/**
 * Secrets that can be told by how they begin. A text is searched for the beginnings, and only there for the rest;
 * every repetition has its most, so that no text takes longer than it is long.
 */
export type SecretSort = {
  readonly kind: string
  readonly starts: readonly string[]
  /** From the beginning on. */
  readonly pattern: RegExp
  /** Whether it may stand in the middle of a word, as the original of the language has it for its four sorts. */
  readonly isAnywhere?: boolean
}

const awsStarts = [
  'A3T',
  'ABIA',
  'ACCA',
  'AGPA',
  'AIDA',
  'AIPA',
  'AKIA',
  'ANPA',
  'ANVA',
  'AROA',
  'ASCA',
  'ASIA',
]

const slackStarts = ['xox', 'XOX', 'xapp-', 'https://hooks.slack.com/services/']

/** The first four, with their names, are those of the original. */
export const secretSorts: readonly SecretSort[] = [
  {
    kind: 'GITHUB_TOKEN',
    starts: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /(?:gh[pousr]_\w{36,255}|github_pat_\w{22,255})/y,
    isAnywhere: true,
  },
  {
    kind: 'AWS_ACCESS_KEY',
    starts: awsStarts,
    pattern: /(?:A3T[A-Z0-9]|A[A-Z]{3})[A-Z0-9]{16}/y,
    isAnywhere: true,
  },
  {
    kind: 'AZURE_STORAGE_KEY',
    starts: ['AccountKey='],
    pattern: /AccountKey=[A-Za-z0-9+/=]{88}/y,
    isAnywhere: true,
  },
  {
    kind: 'SLACK_TOKEN',
    starts: slackStarts,
    pattern:
      /(?:xox[abpors]-(?:\d{1,20}-){1,8}[a-z0-9]{1,200}|xoxe\.[\w.-]{20,200}|xapp-\d-[\w-]{20,200}|https:\/\/hooks\.slack\.com\/services\/T\w{1,20}\/B\w{1,20}\/\w{1,60})/iy,
    isAnywhere: true,
  },
  { kind: 'ANTHROPIC_API_KEY', starts: ['sk-ant-'], pattern: /sk-ant-[\w-]{20,300}/y },
  { kind: 'OPENROUTER_API_KEY', starts: ['sk-or-'], pattern: /sk-or-v\d-[0-9a-f]{64}/y },
  {
    kind: 'OPENAI_API_KEY',
    starts: ['sk-'],
    pattern: /sk-(?:(?:proj|svcacct|admin|None)-[\w-]{20,300}|[A-Za-z0-9]{32,64}(?![\w-]))/y,
  },
  {
    kind: 'GOOGLE_API_KEY',
    starts: ['AIza', 'GOCSPX-', 'ya29.'],
    pattern: /(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{20,400})/y,
  },
  { kind: 'GROQ_API_KEY', starts: ['gsk_'], pattern: /gsk_[A-Za-z0-9]{40,60}/y },
  { kind: 'XAI_API_KEY', starts: ['xai-'], pattern: /xai-[A-Za-z0-9]{60,100}/y },
  { kind: 'PERPLEXITY_API_KEY', starts: ['pplx-'], pattern: /pplx-[A-Za-z0-9]{40,60}/y },
  { kind: 'REPLICATE_TOKEN', starts: ['r8_'], pattern: /r8_[A-Za-z0-9]{37,40}/y },
  { kind: 'HUGGINGFACE_TOKEN', starts: ['hf_'], pattern: /hf_[A-Za-z0-9]{30,50}/y },
  {
    kind: 'STRIPE_KEY',
    starts: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
    pattern: /(?:[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/=]{24,64})/y,
  },
  {
    kind: 'GITLAB_TOKEN',
    starts: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-'],
    pattern: /gl(?:pat|dt|rt|ptt|cbt)-[\w.-]{20,300}/y,
  },
  { kind: 'NPM_TOKEN', starts: ['npm_'], pattern: /npm_[A-Za-z0-9]{36}(?!\w)/y },
  { kind: 'PYPI_TOKEN', starts: ['pypi-AgE'], pattern: /pypi-AgE[\w-]{50,250}/y },
  { kind: 'DOCKER_TOKEN', starts: ['dckr_pat_'], pattern: /dckr_pat_[\w-]{24,40}/y },
  {
    kind: 'DIGITALOCEAN_TOKEN',
    starts: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    pattern: /do[por]_v1_[0-9a-f]{64}/y,
  },
  { kind: 'SENDGRID_API_KEY', starts: ['SG.'], pattern: /SG\.[\w-]{16,32}\.[\w-]{16,64}/y },
  { kind: 'MAILGUN_API_KEY', starts: ['key-'], pattern: /key-[0-9a-f]{32}(?!\w)/y },
  { kind: 'TWILIO_API_KEY', starts: ['SK'], pattern: /SK[0-9a-f]{32}(?!\w)/y },
  {
    kind: 'SHOPIFY_TOKEN',
    starts: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/y,
  },
  { kind: 'DATABRICKS_TOKEN', starts: ['dapi'], pattern: /dapi[0-9a-f]{32}(?:-\d)?(?!\w)/y },
  { kind: 'ATLASSIAN_TOKEN', starts: ['ATATT3'], pattern: /ATATT3[\w=-]{50,250}/y },
  { kind: 'LINEAR_API_KEY', starts: ['lin_api_'], pattern: /lin_api_[A-Za-z0-9]{40}/y },
  { kind: 'NOTION_TOKEN', starts: ['ntn_'], pattern: /ntn_[A-Za-z0-9]{40,60}/y },
  { kind: 'VAULT_TOKEN', starts: ['hvs.', 'hvb.'], pattern: /hv[sb]\.[\w-]{24,300}/y },
  { kind: 'AGE_SECRET_KEY', starts: ['AGE-SECRET-KEY-1'], pattern: /AGE-SECRET-KEY-1[0-9A-Z]{58}/y },
  // Three parts, of which the first two are JSON objects: both begin as `{"` does.
  {
    kind: 'JWT',
    starts: ['eyJ'],
    pattern: /eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,2000}/y,
  },
  {
    kind: 'PRIVATE_KEY',
    starts: ['-----BEGIN '],
    pattern:
      /-----BEGIN (?:[A-Z]{1,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s:,\\]|-(?!----)){0,10000}(?:-----END [A-Z ]{1,40}-----)?/y,
    isAnywhere: true,
  },
  {
    kind: 'URL_PASSWORD',
    starts: ['://'],
    pattern: /:\/\/[^\s:@/"'<>]{0,100}:[^\s:@/"'<>${}]{3,200}@(?=[\w.[-])/y,
    isAnywhere: true,
  },
]
