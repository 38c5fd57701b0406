# Sourced by tests: a small case folder, "case", with one site and three tickets.
small_case()
{
    mkdir -p case
    cat >case/cells.csv <<'END'
site_id,site_name,cell_id,rat,band,frequency_mhz,lon,lat,azimuth_deg,elec_tilt_deg,height_m,rs_power_dbm,antenna_gain_dbi,hbw_deg,vbw_deg
S1,河湾,S1-1,LTE,B3,1850,113.000000,33.000000,90,6,30,15.2,17,65,9
S1,河湾,S1-2,LTE,B3,1850,113.000000,33.000000,210,6,30,15.2,17,65,9
S1,河湾,S1-3,LTE,B3,1850,113.000000,33.000000,330,6,30,15.2,17,65,9
END
    cat >case/complaints.csv <<'END'
ticket_id,reported_at,occurred_at,lon,lat,rat,symptom
T1,2026-03-10T11:30:00+08:00,2026-03-10T11:15:00+08:00,113.004,33.000,LTE,信号弱
T2,2026-03-10T12:30:00+08:00,,113.002,33.001,LTE,上网慢
T3,2026-03-10T12:40:00+08:00,,113.003,33.002,LTE,无信号
END
}

# The tickets of a run's cases.csv.
cases()
{
    cut -d, -f1 "$1/cases.csv"
}
