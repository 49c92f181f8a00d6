"""Many documents by one signer: what each item has reached, what a crash leaves of that, what is never signed twice.

    Waiting ──> ItemPrepared ──> ItemAuthorised ──> ItemValued ──> ItemCompleted ──> ItemSigned
       ^              │                 │                                                 (or ItemFailed)
       └──────────────┴─── a crash ─────┘

Up to the signature value a crash loses nothing but time: the item waits once more and gets *another* authorisation.
From the value on (it is no secret, and journalled before it is embedded) the item is finished with that value and never
goes to the key again. Everything here is a value; the journal, the processes and the files are adapters.
"""
