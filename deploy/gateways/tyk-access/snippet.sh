TYK_GW_ACCESSLOGS_ENABLED=true
TYK_GW_LOGFORMAT=json
# Keys are hashed before anything is written; to be set before the first key is made.
TYK_GW_HASHKEYS=true
TYK_GW_HASHKEYFUNCTION=sha256
