/** The part of a budget that belongs to one signal. */
export interface Account {
  /** Estimated heap bytes in use. */
  readonly bytes: number;
  grow(bytes: number): void;
}

interface Member {
  bytes: number;
  share: number;
  dropOldest: () => void;
}

/**
 * The bytes that all signals share. Each signal is sure of its share; what it does not use, the others may. When the
 * total exceeds the limit, the signal that exceeds its share the most drops its oldest data, so that no signal can
 * displace another below its share.
 */
export class Budget {
  readonly maxBytes: number;
  private readonly members: Member[] = [];

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.members.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Shares are relative to each other. `dropOldest` must make the account smaller unless it is empty. */
  open(share: number, dropOldest: () => void): Account {
    const member = { bytes: 0, share, dropOldest };
    this.members.push(member);
    return {
      get bytes() {
        return member.bytes;
      },
      grow(bytes) {
        member.bytes += bytes;
      },
    };
  }

  /** Drops the oldest data until the limit holds. Called when nothing is half stored. */
  settle(): void {
    while (this.bytes > this.maxBytes) {
      this.members.reduce((a, b) => (b.bytes / b.share > a.bytes / a.share ? b : a)).dropOldest();
    }
  }
}
