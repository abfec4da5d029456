import type { Origin } from '../model.ts';
import type { Account } from './budget.ts';
import { originBytes } from './size.ts';

/** Lets records with equal origins share one object, for as long as one of them is stored. */
export class SharedOrigins {
  private readonly shared = new Map<string, { origin: Origin; uses: number }>();
  private readonly account: Account;

  constructor(account: Account) {
    this.account = account;
  }

  take(origin: Origin): Origin {
    const known = this.shared.get(origin.key);
    if (known !== undefined) {
      known.uses++;
      return known.origin;
    }
    this.shared.set(origin.key, { origin, uses: 1 });
    this.account.grow(originBytes(origin));
    return origin;
  }

  release(origin: Origin): void {
    const known = this.shared.get(origin.key);
    if (known === undefined || --known.uses > 0) return;
    this.shared.delete(origin.key);
    this.account.grow(-originBytes(origin));
  }
}
