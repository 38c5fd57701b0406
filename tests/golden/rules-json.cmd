# A rule changed by --set shows its value in force beside the default.
covtriage rules --json --set weak_rsrp_dbm=-103 | sed -n '/weak_rsrp_dbm/,/source/p' | head -n 9
