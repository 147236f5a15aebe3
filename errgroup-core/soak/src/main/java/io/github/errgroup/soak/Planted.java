package io.github.errgroup.soak;

/** A failure that a task of the soak throws on purpose: it knows whose it is, and when it was thrown. */
interface Planted {
    /** The group whose task threw it. */
    Ledger ledger();

    /** When it was thrown, in the order of the ledger. */
    long thrownAt();

    /** As an exception. */
    final class Failure extends Exception implements Planted {
        private static final long serialVersionUID = 1L;

        private final transient Ledger ledger;

        private final long thrownAt;

        Failure(Ledger ledger) {
            super("planted in " + ledger.title());
            this.ledger = ledger;
            this.thrownAt = ledger.now();
        }

        @Override
        public Ledger ledger() {
            return ledger;
        }

        @Override
        public long thrownAt() {
            return thrownAt;
        }
    }

    /** As an error, which {@code await} rethrows as itself. */
    final class Fault extends Error implements Planted {
        private static final long serialVersionUID = 1L;

        private final transient Ledger ledger;

        private final long thrownAt;

        Fault(Ledger ledger) {
            super("planted in " + ledger.title());
            this.ledger = ledger;
            this.thrownAt = ledger.now();
        }

        @Override
        public Ledger ledger() {
            return ledger;
        }

        @Override
        public long thrownAt() {
            return thrownAt;
        }
    }
}
