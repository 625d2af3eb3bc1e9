import { iterate } from '../value/access.ts'
import { isTrue, textOf, type Value } from '../value/value.ts'
import { define } from './define.ts'

/** `should_allow_rbac(data, scope, user, user_roles, role_grants)`: whether one of the user's roles grants the scope. */
export const shouldAllowRbac = define(
  'should_allow_rbac',
  ['data', 'scope', 'user', 'user_roles', 'role_grants'],
  (_context, { need, text }) => {
    const roles = at(need('user_roles'), text('user'))
    if (roles === null) return false
    return iterate(roles).some((role) => {
      const granted = at(need('role_grants'), textOf(role) ?? '')
      return isTrue(at(granted, text('scope')))
    })
  },
)

function at(value: Value, key: string): Value {
  return typeof value === 'object' && value !== null && value.kind === 'dict'
    ? (value.entries.get(key) ?? null)
    : null
}
