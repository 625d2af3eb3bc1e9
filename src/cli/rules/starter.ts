import destructive from './starter/destructive.gr' with { type: 'text' }
import destructiveCases from './starter/destructive.test.yaml' with { type: 'text' }
import exfiltration from './starter/exfiltration.gr' with { type: 'text' }
import exfiltrationCases from './starter/exfiltration.test.yaml' with { type: 'text' }
import injection from './starter/injection.gr' with { type: 'text' }
import injectionCases from './starter/injection.test.yaml' with { type: 'text' }
import secrets from './starter/secrets.gr' with { type: 'text' }
import secretsCases from './starter/secrets.test.yaml' with { type: 'text' }

/** Rules for coding agents to begin with, in the executable as the files that they are in the sources. */
export const starter: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'destructive.gr', text: destructive },
  { name: 'destructive.test.yaml', text: destructiveCases },
  { name: 'exfiltration.gr', text: exfiltration },
  { name: 'exfiltration.test.yaml', text: exfiltrationCases },
  { name: 'injection.gr', text: injection },
  { name: 'injection.test.yaml', text: injectionCases },
  { name: 'secrets.gr', text: secrets },
  { name: 'secrets.test.yaml', text: secretsCases },
]
