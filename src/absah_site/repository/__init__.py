"""The repository: certificates, lists, policies as versioned documents, and the receipts of their delivery."""
