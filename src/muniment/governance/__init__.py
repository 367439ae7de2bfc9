"""Who may ask, who must say yes, for what purpose and until when; every act of it is a ledger entry."""
