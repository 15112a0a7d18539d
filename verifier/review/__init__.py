"""What a change of documents gains and loses, document by document and principal by principal."""
