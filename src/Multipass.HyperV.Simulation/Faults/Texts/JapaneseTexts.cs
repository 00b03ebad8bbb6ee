using static Multipass.HyperV.Simulation.Faults.JobTexts;

namespace Multipass.HyperV.Simulation.Faults.Texts;

/// <summary>What a Japanese host says; a code may stand right beside a character.</summary>
internal static class JapaneseTexts
{
    public static JobTexts Create() => new(
        "(仮想マシン ID {0})",
        "インスタンス ID {0}",
        new()
        {
            ["Start"] = "'{name}' を開始できません。",
            ["Shutdown"] = "'{name}' をシャットダウンできません。",
            ["TurnOff"] = "'{name}' の電源を切れません。",
            ["Save"] = "'{name}' を保存できません。",
            ["Resume"] = "'{name}' を再開できません。",
            ["Restart"] = "'{name}' をリセットできません。",
            ["Pause"] = "'{name}' を一時停止できません。",
        },
        new()
        {
            ["OutOfMemory"] = new[]
            {
                ("仮想マシン {name} に使うメモリがシステムに足りません。", "仮想マシン {name} (RAM {memory} MB) に使うメモリがシステムに足りません。"),
                ("メモリを初期化できません: この操作に要るメモリがありません。({code})", "'{name}' はメモリを初期化できません: この操作に要るメモリがありません。({code})"),
            },
            ["InsufficientSystemResources"] = Same("{memory} MB の RAM を確保できません: サービスに要るシステム リソースが足りません。({code})"),
            ["HypervisorNotRunning"] = Same("ハイパーバイザーが動いていないため、仮想マシンを実行できません。({code})"),
            ["DiskNotFound"] = Device("合成 SCSI コントローラー", "電源を入れられません: 「そのファイルはありません。」({code})", "添付ファイル '{path}' がありません: エラー{code}です。"),
            ["ParentDiskNotFound"] = Device("合成 SCSI コントローラー", "電源を入れられません: 「そのファイルはありません。」({code})", "添付ファイル '{path}' がありません: エラー{code}です。"),
            ["DiskAccessDenied"] = Device("合成 SCSI コントローラー", "電源を入れられません: 「アクセスは許されません。」({code})", "アカウントには添付ファイル '{path}' を開く権限がありません: エラー{code}です。"),
            ["DiskInUse"] = Device("合成 SCSI コントローラー", "電源を入れられません: 「ほかのプロセスがファイルを開いています。」({code})", "添付ファイル '{path}' を開けません: エラー{code}です。"),
            ["SwitchNotFound"] = Device("合成イーサネット ポート", "エラー「アクセスは許されません。」({code})", "仮想ネットワークへの接続にリソースを割り当てられません。イーサネット スイッチがないのかもしれません。({code})"),
            ["SavedStateInvalid"] = Same("保存された状態を読めないため、仮想マシンを復元できません。それを削除してから、仮想マシンを開始してください。({code})"),
            ["InvalidState"] = Same("オブジェクトのいまの状態では、この操作はできません。"),
            ["PermissionDenied"] = Same("この作業に要る権限がありません。このコンピューターの承認ポリシーの管理者に相談してください。"),
            ["AccessDenied"] = Same("この作業に要る権限がありません。このコンピューターの承認ポリシーの管理者に相談してください。"),
            ["GuestNotReady"] = Device("シャットダウン統合サービス", "「デバイスはまだ使えません。」({code})", "ゲストは要求を受け付けません。({code})"),
            ["WorkerCrashed"] = Same("仮想マシンのワーカー プロセスが突然終わりました: 「リモート プロシージャ コールは失敗に終わりました。」({code})"),
            ["HostDiskFull"] = Same("ファイル '{path}' を必要な大きさにできません: ディスクの空きが足りません。({code})"),
            ["DiskFormatUnsupported"] = Device("合成 SCSI コントローラー", "電源を入れられません: 「仮想ディスク システムの制限に触れます。」({code})", "添付ファイル '{path}' は圧縮、暗号化、スパースのどれであってもいけません。({code})"),
            ["DiskCorrupt"] = Device("合成 SCSI コントローラー", "電源を入れられません: 「チェーンの仮想ハード ディスクがかみ合いません。」({code})", "添付ファイル '{path}': 親と子の識別子が違います。({code})"),
            ["ConfigInaccessible"] = Same("仮想マシンの構成を置いた記憶域に届きません。"),
            ["HypervisorResources"] = Same("ハイパーバイザーのプールに、この操作に要るメモリがありません。({code})"),
            ["ProcessorLimit"] = Same("パーティションに仮想プロセッサをこれ以上加えられません: 上限です。({code})"),
            ["NumaMismatch"] = Same("NUMA の設定がシステムの NUMA 構造に合いません。変えてから開始してください。({code})"),
            ["FeatureUnavailable"] = Same("ハイパーバイザーのこの機能は使えません。({code})"),
            ["DeviceAssignment"] = Device("仮想 PCI Express ポート", "電源を入れられません: 「デバイス ドメインが足りません。」({code})", "ホストのデバイスを割り当てられません。({code})"),
            ["PartitionExists"] = Same("パーティションを作れません: 同じ名前のものがもうあります。({code})"),
            ["DeviceFailure"] = Device("合成デバイス", "電源を入れられません: 「システムのデバイスが働いていません。」({code})", "デバイスが応答しません。({code})"),
            ["FirmwareDataInvalid"] = Device("仮想ファームウェア", "電源を入れられません: 「データが正しくありません。」({code})", "ファームウェアのデータは使えません。({code})"),
            ["KeyProtector"] = Same("キーの保護機能を開けません: 認証のタグが違います。({code})"),
            ["WorkerNotStarted"] = Same("ワーカー プロセスを開始できません: あるファイルの署名を確かめられません。({code})"),
            ["DiskDriverMissing"] = Same("添付ファイル '{path}' を開けません: このファイルの仮想ディスクを扱えるものがここにありません。({code})"),
            ["GuestLocked"] = Same("ゲストはロックされており、シャットダウンしません。"),
            ["InstanceBusy"] = Same("仮想マシンのディスクを結合しています。この操作は待つ必要があります。"),
            ["ServiceDisabled"] = Same("仮想マシンに必要なサービスが無効になっており、開始できません。({code})"),
            ["LogonRightMissing"] = Same("ワーカー プロセスを開始できません: この種類のログオンがユーザーに許されていません。({code})"),
            ["SwitchPortInvalid"] = Same("'ネットワーク アダプター' とスイッチ ポートの接続が正しくありません。"),
            ["MemoryConfigInvalid"] = Same("仮想マシンのメモリを {memory} MB にはできません。"),
            ["HyperVComponentNotRunning"] = Same("Hyper-V の部品の一つが動いていません。"),
            ["RebootRequired"] = Same("先にコンピューターを再起動しなければなりません。"),
            ["NotSupported"] = Same("この操作には対応していません。"),
            ["HostTimedOut"] = Same("操作に時間がかかりすぎたため、あきらめました。"),
            ["WorkerNotResponding"] = Same("仮想マシンのワーカー プロセスが応答しません。"),
            ["Unknown"] = Same("だれも思わなかったことが起きました。({code})"),
        },
        new()
        {
            [10] = ("初期化中", "仮想マシンを初期化しています"),
            [12] = ("開始中", "仮想マシンを初期化して開始しています"),
            [13] = ("電源を切断中", "仮想マシンの電源を切っています"),
            [14] = ("保存中", "仮想マシンを保存しています"),
            [15] = ("復元中", "仮想マシンを初期化して復元しています"),
            [16] = ("シャットダウン中", "仮想マシンをシャットダウンしています"),
            [20] = ("一時停止中", "仮想マシンを一時停止しています"),
            [21] = ("再開中", "仮想マシンを再開しています"),
            [28] = ("リセット中", "仮想マシンをリセットしています"),
        },
        new()
        {
            ["Virtual Machine"] = "仮想マシン",
            ["Hosting Computer System"] = "ホスト コンピューター システム",
            ["Microsoft Virtual Machine"] = "Microsoft Virtual Machine",
            ["Microsoft Hosting Computer System"] = "Microsoft ホスト コンピューター システム",
            ["Job is running"] = "ジョブは実行中です",
            ["Job is completed"] = "ジョブは完了しました",
            ["Job is completed successfully"] = "ジョブは正常に完了しました",
            ["Job is completed with error"] = "ジョブはエラーで終わりました",
            ["Job is terminated"] = "ジョブは打ち切られました",
            ["Operating normally"] = "正常稼働中",
            ["In service"] = "処理中",
            ["Predictive failure"] = "ディスクの空きが少ない",
            ["Communication failed"] = "仮想マシンと通信できません",
            ["Waiting to start"] = "開始を待っています",
            ["Merging disks"] = "ディスクを結合しています",
            ["Busy"] = "処理中です",
            ["Degraded"] = "機能低下",
            ["OK"] = "OK",
            ["No contact"] = "接触なし",
        });
}
